"""Leading on from an address that something had before."""

from django.http import HttpRequest, HttpResponsePermanentRedirect


def moved_to(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """To `path` for good, with the query of the request."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
