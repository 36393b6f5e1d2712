"""The operations of a model repository, by family; `AsyncDnnModelRepository` is all of them together."""
