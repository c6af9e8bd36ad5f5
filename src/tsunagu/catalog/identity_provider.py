"""Where a municipality's staff sign in besides here: its own directory, spoken to by OpenID Connect."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from tsunagu.catalog.problems import DefinitionsError
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.words import Definition
from tsunagu.catalog.yaml_text import read_yaml

FILE_NAME = "identity_provider.yaml"
# Without TLS on this machine alone, where nobody listens in between.
_HOST = r"(https://[A-Za-z0-9.\-]+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?"
Address = Annotated[str, StringConstraints(pattern=rf"^{_HOST}(/[A-Za-z0-9._~%\-/]*)?$")]
Origin = Annotated[str, StringConstraints(pattern=rf"^{_HOST}$")]
Word = Annotated[str, StringConstraints(pattern=r"^\S+$")]


class TrustedStep(Definition):
    """When the provider says that it has asked for a second step, ours is not asked again."""

    claim: Word
    """The claim of the ID token that says so (`amr`, `acr`)."""
    values: Annotated[tuple[Word, ...], Field(min_length=1)]
    """Any of these in it is enough."""


class IdentityProvider(Definition):
    """`identity_provider.yaml`: the municipality's own directory. Without the file, staff have a password here."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    """What the button at the sign-in calls it."""
    issuer: Address
    """Exactly as the provider's discovery document says; `/.well-known/openid-configuration` lies under it."""
    client_id: Word
    desk: Origin
    """Under which name staff open the desk; the provider sends them back to `<desk>/sign-in/provider/back/`."""
    staff_number_claim: Word
    """The claim that holds the staff number of the list of staff; looked for in the ID token, then in userinfo."""
    trusted_second_step: TrustedStep | None = None
    """Left out: our own second step is always asked."""
    scopes: tuple[Word, ...] = ("openid", "profile")
    form_origins: tuple[Origin, ...] = ()
    """Other names the provider's sign-in leads through, when it is not on the issuer's alone."""
    ca_file: str = ""
    """The certificate authority of the provider, as PEM, under the home; empty: the usual ones."""

    def list_origins(self) -> tuple[str, ...]:
        """Where a form of ours may lead besides us: the issuer's host and those that were named."""
        return ("/".join(self.issuer.split("/", 3)[:3]), *self.form_origins)


def read_identity_provider(home: Path) -> IdentityProvider | None:
    """What the home says; none when it has no such file.

    Raises:
        DefinitionsError: the file cannot be used.
    """
    path = home / FILE_NAME
    if not path.exists():
        return None
    document = read_yaml(path, FILE_NAME)
    found = None if document.problems else build_model(IdentityProvider, document.data, document, ())
    if found is None:
        raise DefinitionsError(document.problems)
    return found
