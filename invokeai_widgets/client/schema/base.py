"""What all values share: frozen, tolerant of newer and older servers, able to go back unchanged.

They are msgspec structs: a long list is read into them in little more time than it takes to receive it, and
they cost a tenth of pydantic's import.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from typing_extensions import Self

_UNREADABLE = (msgspec.MsgspecError, ValueError)


class Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A value that never changes."""

    def replaced(self, **changes: Any) -> Self:
        """The same with other values in these fields."""
        return msgspec.structs.replace(self, **changes)

    def _shown(self) -> dict[str, Any]:
        """The fields that a person is shown; those with an underscore at the end are ours."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if not name.endswith("_")}

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._shown().items())
        return f"{type(self).__name__}({fields})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # else rich shows all fields
        return list(self._shown().items())


class Wire(Value, frozen=True, kw_only=True, gc=False, eq=False):
    """A value read from the server.

    Fields unknown here are kept in `model_extra`, and can be read as attributes. A field whose value is not
    of the expected kind reads as its default, and its original value still goes back by `to_wire()`.
    """

    #: The JSON object that it was read from; None if it was made here. No server has a field of that name.
    sent_: Any = msgspec.field(default=None, name=" ")

    @classmethod
    def from_wire(cls, raw: Any) -> Self:
        """The value of a decoded JSON object. Never fails, whatever its fields hold."""
        body = dict(raw) if isinstance(raw, Mapping) else {}
        try:
            value = msgspec.convert(body, cls)
        except _UNREADABLE:
            value = cls(**_sound(cls, body))
        msgspec.structs.force_setattr(value, "sent_", body)
        return value

    @classmethod
    def from_raw(cls, raws: Iterable[msgspec.Raw]) -> list[Self]:
        """The values of JSON objects that are not decoded yet, which they keep, as far as it is not needed.

        Raises:
            msgspec.MsgspecError, ValueError: A field of one of them is not of the expected kind, or no JSON.
        """
        read, keep = msgspec.json.Decoder(cls).decode, msgspec.structs.force_setattr
        values = []
        for raw in raws:
            value = read(raw)
            keep(value, "sent_", raw.copy())  # else each would keep the whole answer
            values.append(value)
        return values

    @property
    def model_extra(self) -> dict[str, Any]:
        """What the server sends beside the fields known here, by name."""
        own = self.__struct_encode_fields__
        return {name: value for name, value in self.to_wire().items() if name not in own}

    if not TYPE_CHECKING:  # a checker would take every misspelt name for one of these

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("_") and name in (extra := self.model_extra):
                return extra[name]
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def has(self, name: str) -> bool:
        """Whether the server sends a field of that name for it, if only a null."""
        return name in self.to_wire()

    def to_wire(self) -> dict[str, Any]:
        """The JSON object it was read from: no field added, none lost."""
        if isinstance(self.sent_, msgspec.Raw):
            body: dict[str, Any] = json.loads(bytes(self.sent_).decode("utf-8", "replace"))
            return body
        return deepcopy(self.sent_) if self.sent_ is not None else self._told(_chosen(self))

    def replaced(self, **changes: Any) -> Self:
        """The same with other values in these fields, which `to_wire()` then has, too."""
        body = {**self.to_wire(), **self._told(changes)}
        return super().replaced(**changes, sent_=body)

    def _told(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Some fields by the server's names."""
        names = _names(self)
        return {names[name]: value for name, value in fields.items()}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _own(self) == _own(other) and beyond(self) == beyond(other)

    def __ne__(self, other: object) -> bool:  # else that of the struct, which compares all
        return not self == other

    def __hash__(self) -> int:
        return hash(tuple(value for value in _own(self).values() if isinstance(value, (str, int))))


def _names(value: Wire) -> dict[str, str]:
    """The server's names by ours."""
    return dict(zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True))


def _own(value: Wire) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__ if name != "sent_"}


def beyond(value: Wire) -> dict[str, Any]:
    """What the server sent for it and its fields do not hold: unknown ones, values of unexpected kinds."""
    held = {sent_as: getattr(value, name) for name, sent_as in _names(value).items()}
    return {name: sent for name, sent in value.to_wire().items() if name not in held or held[name] != sent}


def _chosen(value: Wire) -> dict[str, Any]:
    """The fields that are not as they are where nobody says anything."""
    usual = _own(type(value)())
    return {name: each for name, each in _own(value).items() if each != usual[name]}


def _sound(kind: type[Wire], body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are of the expected kind."""
    found = {}
    for each in msgspec.structs.fields(kind):
        try:
            found[each.name] = msgspec.convert(body[each.encode_name], each.type)
        except (KeyError, *_UNREADABLE):
            continue
    return found
