"""The driver: makes the token of a value, without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from memo.errors import UnhashableArgument
from memo.hashing.callables import name_of_code
from memo.hashing.cycles import cycle_tokens
from memo.hashing.dispatch import handler_for, qualified_name
from memo.hashing.instances import is_doubtful
from memo.hashing.node import CHUNK, Node, Refused
from memo.hashing.tokens import (
    SCALARS,
    TAG_CODE,
    TAG_DICT,
    TAG_LIST,
    TAG_TUPLE,
    joined_scalars,
    scalar_token,
    tagged,
)

if TYPE_CHECKING:
    from memo.hashing.tokens import CodeHook

    Tokens = dict[int, tuple[object, bytes]]

# An object whose __reduce__ makes ever new objects would otherwise fill the memory.
DEEPEST = 1_000_000
FLAT: dict[type, bytes] = {dict: TAG_DICT, list: TAG_LIST, tuple: TAG_TUPLE}
CHANGING = "its state changes when it is read"
LONGEST_PATH = 64  # Steps shown in an error.
LONGEST_TEXT = 1000  # Characters of another error shown.


class Encoder:
    """Encodes the values of one call.

    What was seen is remembered by identity and kept alive as long, so that a shared object costs once.
    Values must therefore not change between two calls of `token` on one encoder. After an error it is of no
    more use.
    """

    __slots__ = ("before", "code", "codes", "costly", "current", "doubtful", "known", "opened", "stack", "trail")

    def __init__(self, code: CodeHook | None = None, before: Tokens | None = None) -> None:
        self.code = code
        self.before = before  # What a first encoder made of the same objects.
        self.doubtful = False  # Whether a method of the user's class made up some state.
        self.codes: dict[int, tuple[object, bytes]] = {}
        self.known: Tokens = {}
        self.costly: Tokens = {}  # Those of them that are not read again.
        self.opened: dict[int, Node] = {}  # Begun and not yet closed, by the id of their value.
        self.stack: list[Node] = []  # From the root to the node under way.
        self.trail: list[Node] = []  # All open nodes in the order of their beginning (Tarjan's stack).
        self.current: object = None

    def token(self, value: object, path: str) -> bytes:
        """Return the token of a value; ``path`` is what an error calls it."""
        self.current = value
        try:
            if type(value) in SCALARS:
                return scalar_token(value)
            found = self._look(value)
            token = self._run(found) if isinstance(found, Node) else found
            if self.doubtful and self.before is None:
                self._read_again(value, path, token)
        except UnhashableArgument:
            raise  # From the code hook, which knows better where in the function's code the culprit is.
        except Refused as refused:
            reason = str(refused)
            raise UnhashableArgument(self._path(path), qualified_name(type(self.current)), reason) from None
        except Exception as error:
            # Whatever a __reduce__, a __memo_hash__ or a hasher of the user raises. KeyboardInterrupt passes.
            reason = f"taking it apart raised {type(error).__name__}: {_text(error)}"
            raise UnhashableArgument(self._path(path), qualified_name(type(self.current)), reason) from error
        return token

    def code_token(self, thing: object) -> bytes:
        """Return the token of a function, class or module."""
        known = self.codes.get(id(thing))
        if known is not None:
            return known[1]
        token = tagged(TAG_CODE, name_of_code(thing) if self.code is None else self.code(thing))
        self.codes[id(thing)] = thing, token
        if issubclass(type(thing), type) and is_doubtful(cast("type", thing)):
            self.doubtful = True
        return token

    def remember(self, value: object, token: bytes) -> None:
        """Remember the token of a value that was costly to read."""
        self.known[id(value)] = self.costly[id(value)] = value, token

    def _read_again(self, value: object, path: str, token: bytes) -> None:
        """Refuse an object whose state is another one at the second reading."""
        again = Encoder(self.code, self.known)
        again.known.update(self.costly)
        if again.token(value, path) != token:
            raise Refused(CHANGING)
        self.doubtful = False
        self.codes.clear()  # So that a further value with the same class raises the same doubt.

    def _look(self, value: Any) -> bytes | Node:
        """Return the token of a value if it is known or quick to make, else a node, new or still open."""
        kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]
        if kind is Node:
            return value  # type: ignore[no-any-return]
        self.current = value
        if (kind is tuple or kind is list or kind is dict) and len(value) <= CHUNK:
            # Without a node, if there are nothing but scalars in it.
            joined = joined_scalars([*value, *value.values()] if kind is dict else value)
            if joined is not None:
                return tagged(FLAT[kind], joined)
        key = id(value)
        known = self.known.get(key)
        if known is not None:
            return known[1]
        opened = self.opened.get(key)
        if opened is not None:
            return opened
        made = handler_for(kind)(value, self)
        if isinstance(made, Node):
            made.value = value
        return made

    def _run(self, root: Node) -> bytes:
        self._open(root)
        stack = self.stack
        while True:
            node = stack[-1]
            child = self._advance(node)
            if child is not None:
                self._open(child)
                continue
            stack.pop()
            token = self._close(node)
            if not stack:
                # A root leads to nothing older than itself, so that its token is known.
                return token or b""
            if token is None:
                stack[-1].refer(node, node.low)
            else:
                stack[-1].parts.append(token)

    def _open(self, node: Node) -> None:
        if len(self.stack) >= DEEPEST:
            raise Refused("it is nested without end")
        node.order = node.low = len(self.trail)
        self.stack.append(node)
        self.trail.append(node)
        if node.value is not None:
            self.opened[id(node.value)] = node

    def _advance(self, node: Node) -> Node | None:
        """Encode children of a node until one needs a node of its own; None when there is none left."""
        parts = node.parts
        while True:
            for child in node.pending:
                node.position += 1
                if type(child) in SCALARS:
                    parts.append(scalar_token(child))
                    continue
                found = self._look(child)
                if not isinstance(found, Node):
                    parts.append(found)
                elif found.begun:
                    node.refer(found, found.order)
                else:
                    return found
            self.current = node.value
            if not node.refill():
                return None

    def _close(self, node: Node) -> bytes | None:
        """Return the token of a finished node, or None while it leads to an older open one."""
        if node.low < node.order:
            return None
        members = self.trail[node.order :]
        del self.trail[node.order :]
        alone = len(members) == 1 and not node.tangled
        tokens = {node: node.token()} if alone else cycle_tokens(members)
        for member, token in tokens.items():
            if member.value is not None:
                key = id(member.value)
                del self.opened[key]
                self.known[key] = member.value, token
                if self.before is not None and self.before.get(key, (None, token))[1] != token:
                    self.current = member.value
                    raise Refused(CHANGING)
        return tokens[node]

    def _path(self, root: str) -> str:
        stack, half = self.stack, LONGEST_PATH // 2
        if len(stack) <= LONGEST_PATH:
            return root + "".join([node.step() for node in stack])
        ends = ["".join([node.step() for node in part]) for part in (stack[:half], stack[-half:])]
        return root + "...".join(ends)


def _text(error: Exception) -> str:
    try:
        text = str(error)
        return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "..."
    except Exception:  # noqa: BLE001 - a hostile __str__ must not hide the refusal.
        return "(its message cannot be read)"
