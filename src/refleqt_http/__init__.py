"""The HTTP face: the use cases of the core as typed endpoints, with an OpenAPI document of them."""
