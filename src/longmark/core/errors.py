"""The six anticipated errors. Everything else is a bug and travels to the top.

A message is a template with named values, so that it can be translated; it names
the thing, the rule and the mend. Faces translate an error once: to a problem
document, a redisplayed form, an exit code, the state of a job.
"""


class LongmarkError(Exception):
    """Base of the anticipated errors; raise one of its subclasses.

    >>> str(Refused("A report on {finding} is open already.", finding="F-7"))
    'A report on F-7 is open already.'
    """

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values) if self.values else self.message


class NotFound(LongmarkError):
    """The thing does not exist, or the viewer may not know that it does."""


class Refused(LongmarkError):
    """The change is not allowed in the present state."""


class Invalid(LongmarkError):
    """What was given cannot be taken; ``field`` names the place in it."""


class NotAllowed(LongmarkError):
    """The actor sees the thing and may not do this with it."""


class Unavailable(LongmarkError):
    """A service outside of Longmark does not answer."""


class Awaited(LongmarkError):
    """The answer takes more than a request may; the job ``job_id`` makes it. Ask again then."""

    def __init__(self, job_id: int) -> None:
        super().__init__(
            "Job {job} makes what is asked for; ask again when it is over.", job=job_id
        )
        self.job_id = job_id
