"""What all values share: frozen, tolerant of newer and older servers, able to go back unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import Self


class Wire(BaseModel):
    """A value read from the server.

    Fields unknown here are kept in `model_extra`. A field whose value is not of the expected kind reads as
    its default, and its original value still goes back by `to_wire()`.
    """

    # Built when first used: building all of them would take half of the time of the client's import.
    model_config = ConfigDict(
        frozen=True, defer_build=True, extra="allow", strict=True, protected_namespaces=()
    )

    @property
    def _odd(self) -> dict[str, Any]:
        """Values of an unexpected kind, by field.

        Kept beside the fields: a private attribute, made for each record, costs a third of reading a list.
        """
        kept: dict[str, Any] = self.__dict__.get("_odd", {})
        return kept

    @classmethod
    def from_wire(cls, raw: Any) -> Self:
        """The value of a decoded JSON object. Never fails, whatever its fields hold."""
        fields = dict(raw) if isinstance(raw, Mapping) else {}
        odd: dict[str, Any] = {}
        while True:
            try:
                value = cls.model_validate(fields)
            except ValidationError as error:
                wrong = {
                    str(problem["loc"][0]) for problem in error.errors() if problem["loc"]
                } & fields.keys()
                if not wrong:
                    raise
                odd.update({name: fields.pop(name) for name in wrong})
            else:
                if odd:
                    value.__dict__["_odd"] = odd
                return value

    def to_wire(self) -> dict[str, Any]:
        """The JSON object it was read from: no field added, none lost."""
        return {**self.model_dump(exclude_unset=True, by_alias=True), **self._odd}
