"""OpenAPI 3.1 documents of all that answers, made from the tables that it is answered by."""
