"""Requests and answers, in the forms FastAPI gives them."""
