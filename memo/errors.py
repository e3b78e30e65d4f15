"""Every error and warning memo gives.

All errors share the root `MemoError` and have a built-in parent too, so both ``except MemoError`` and the
``except`` clause one would write anyway catch them. Each carries its data as attributes, survives pickling
and copying (a worker process sends errors home), and says what to do next.
"""

# ruff: noqa: N818 - the names say what happened; `except CorruptEntry` needs no "Error" to be understood.

from __future__ import annotations

import os
from errno import EACCES

__all__ = [
    "CorruptEntry",
    "MemoError",
    "MemoWarning",
    "SettingsError",
    "StoreFault",
    "UnhashableArgument",
    "UnpicklableResult",
    "UnsafeCacheDir",
]

# The constructors hand all their data to `Exception.__init__`, from which pickle rebuilds an error, and the
# text is made in `__str__`. The two OSErrors cannot (OSError reads its arguments as an error number and a
# file name), so they say themselves how they are rebuilt.

HASH_REMEDY = (
    "Leave the parameter out of the key with ignore=, teach memo the type with memo.register_hasher, "
    "or give the class a __memo_hash__ method."
)


class MemoError(Exception):
    """The root of all errors memo raises."""


class MemoWarning(UserWarning):
    """The category of all warnings memo gives."""


class SettingsError(MemoError, ValueError):
    """A setting with a wrong name or a wrong value.

    ``field`` is the name of the field or environment variable at fault, or None where there is none.

    >>> raise SettingsError("max_size (argument): 'big' is not a size", "max_size")
    Traceback (most recent call last):
    memo.errors.SettingsError: max_size (argument): 'big' is not a size
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message, field)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message


class UnhashableArgument(MemoError, TypeError):
    """An argument without a stable hash, of which no key can be made.

    ``path`` leads to the culprit inside the arguments, ``type_name`` is its type, ``reason`` why it cannot
    be hashed, ``remedy`` what to do.

    >>> error = UnhashableArgument("config.loader[3]", "socket.socket", "it is an open connection")
    >>> print(str(error).partition(". ")[0])
    Cannot hash config.loader[3], a socket.socket: it is an open connection
    """

    def __init__(self, path: str, type_name: str, reason: str, remedy: str = HASH_REMEDY) -> None:
        super().__init__(path, type_name, reason, remedy)
        self.path = path
        self.type_name = type_name
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"Cannot hash {self.path}, a {self.type_name}: {self.reason}. {self.remedy}"


class UnpicklableResult(MemoError, TypeError):
    """A result that cannot be stored because it cannot be pickled.

    ``function`` is the name of the function that returned it, ``type_name`` the type of the result.
    """

    def __init__(self, function: str, type_name: str, reason: str) -> None:
        super().__init__(function, type_name, reason)
        self.function = function
        self.type_name = type_name
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"Cannot store the result of {self.function}, a {self.type_name}: {self.reason}. "
            "Return a value that pickles (data in place of a handle, a list in place of a generator), "
            "or do not cache this function."
        )


class CorruptEntry(MemoError, ValueError):
    """A damaged stored file: torn, altered, or not what its name says.

    ``path`` is the file, empty where only the bytes were seen. Calls never raise this: to them a damaged
    entry is a miss.
    """

    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        self.path = os.fspath(path)
        self.reason = reason
        super().__init__(self.path, reason)

    def __str__(self) -> str:
        entry = f"The entry {self.path}" if self.path else "An entry"
        return (
            f"{entry} is damaged: {self.reason}. Its result is computed again and "
            "replaces it; nothing has to be done."
        )


class UnsafeCacheDir(MemoError, PermissionError):
    """A cache directory refused because others could put files there.

    ``directory`` is the directory; as an `OSError` it also has ``errno`` (EACCES), ``strerror`` and
    ``filename``.
    """

    def __init__(self, directory: str | os.PathLike[str], reason: str) -> None:
        self.directory = os.fspath(directory)
        self.reason = reason
        super().__init__(EACCES, reason, self.directory)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.directory, self.reason), self.__dict__

    def __str__(self) -> str:
        return (
            f"The cache directory {self.directory} is refused: {self.reason}. Loading an entry can run code, "
            "so nobody else may be able to write there. Make it private (chmod 700), choose another "
            "directory=, share it safely with signing_key=, or, if you trust everybody who can write "
            "there, set trust_directory=True."
        )


class StoreFault(MemoError, OSError):
    """A fault of the disk; raised only with ``strict=True``, else memo warns and computes.

    ``path`` is the file or directory; ``errno`` is the operating system's error number, if it gave one.
    """

    def __init__(self, path: str | os.PathLike[str], reason: str, errno: int | None = None) -> None:
        self.path = os.fspath(path)
        self.reason = reason
        super().__init__(errno, reason, self.path)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.path, self.reason, self.errno), self.__dict__

    def __str__(self) -> str:
        return (
            f"The cache could not use {self.path}: {self.reason}. Check the free space and the permissions there."
        )
