"""The image of `docker/Dockerfile`, built without an engine: its steps in a root of Debian's own."""
