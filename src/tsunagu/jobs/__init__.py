"""Work that takes longer than a page may: asked for at the desk or by the clock, done by one worker process."""

PACKAGE = "tsunagu.jobs"
