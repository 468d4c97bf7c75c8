"""What a template may not do, as an exception on its way to becoming a finding."""


class RefusedError(Exception):
    """One sentence about what is wrong, and a way out.

    `offset` is where in the template, where whoever refuses knows it, and `name` the template, if it is a named one.
    """

    def __init__(
        self, message: str, help: str | None = None, *, offset: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.offset = offset
        self.name = name
