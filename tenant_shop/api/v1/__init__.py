"""The REST API, version 1: JSON, times in UTC, amounts as strings in the shop's currency."""
