"""Declarations: what a user says is to be done, as frozen values.

Every declaration (a schema, a kind, a stage, a rule) is a frozen dataclass that inherits from `Declaration`. It
prints, compares, and goes to and from a JSON-ready dict. It holds no data, no model and no engine, and its
constructor raises nothing: `faults()` lists what is wrong with it, so that whoever composes declarations can report
every fault at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import ClassVar, Self, TypeAlias, cast

from crmquality.errors import ConfigError, unknown

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"

_REGISTRY: dict[str, type[Declaration]] = {}


class Declaration:
    """A frozen dataclass that goes to and from a JSON-ready dict.

    A subclass defined outside crmquality is known to `from_dict` as soon as its module has been imported; nothing is
    ever imported because a dict names it.
    """

    type_name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        inside = cls.__module__.split(".")[0] == "crmquality"
        cls.type_name = cls.__name__ if inside else f"{cls.__module__}:{cls.__qualname__}"
        known = _REGISTRY.get(cls.type_name)
        if known is not None and known.__module__ != cls.__module__:
            raise TypeError(f"two declarations are called {cls.type_name}: in {known.__module__} and {cls.__module__}")
        _REGISTRY[cls.type_name] = cls

    def faults(self) -> list[str]:
        """Every fault of this declaration by itself, one sentence each."""
        return []

    def to_dict(self) -> dict[str, JSON]:
        """This declaration as a JSON-ready dict; fields at their default are left out."""
        out: dict[str, JSON] = {"type": self.type_name}
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, field.name)
            if field.default is not MISSING and _same(value, field.default):
                continue
            if field.default_factory is not MISSING and _same(value, field.default_factory()):
                continue
            out[field.name] = _plain(value)
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, JSON]) -> Self:
        """The declaration that `to_dict` gave.

        Raises:
            ConfigError: with every unknown type and field, and a "did you mean".
        """
        faults: list[str] = []
        made = _build(data, faults, "")
        if not faults and not isinstance(made, cls):
            faults.append(f"expected a {cls.__name__}, got a {type(made).__name__}")
        if faults:
            raise ConfigError(faults)
        return cast(Self, made)


def _same(a: object, b: object) -> bool:
    return type(a) is type(b) and a == b


def _plain(value: object) -> JSON:
    if isinstance(value, Declaration):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ConfigError(f"a {type(value).__name__} cannot be written as JSON")


def _build(value: JSON | Mapping[str, JSON], faults: list[str], where: str) -> object:
    if isinstance(value, list):
        return tuple(_build(v, faults, f"{where}[{i}]") for i, v in enumerate(value))
    if not isinstance(value, Mapping):
        return value
    if "type" not in value:
        return {k: _build(v, faults, f"{where}.{k}" if where else k) for k, v in value.items()}
    name = value["type"]
    cls = _REGISTRY.get(name) if isinstance(name, str) else None
    if cls is None or not hasattr(cls, "__dataclass_fields__"):
        faults.append(f"{where or 'top'}: {unknown('type', str(name), _REGISTRY)}")
        return None
    known = {f.name: f for f in fields(cls) if f.init}  # type: ignore[arg-type]  # it has just been asked for fields
    arguments: dict[str, object] = {}
    for key, item in value.items():
        if key == "type":
            continue
        if key not in known:
            faults.append(f"{where or 'top'}: {unknown(f'field of {name}', key, known)}")
            continue
        arguments[key] = _build(item, faults, f"{where}.{key}" if where else key)
    required = {k for k, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    faults += [f"{where or 'top'}: {name} needs a field {key!r}" for key in sorted(required - set(value))]
    return None if faults else cls(**arguments)
