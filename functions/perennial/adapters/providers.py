"""What a failed call to a mail or SMS provider means: was it certainly not sent, and would trying again help?

The three answers cost differently when they are wrong. InDoubt is never sent again, so it is the answer
to everything not understood. A message called permanently refused by mistake is lost, and in an account's
trouble so is every other; one tried again in vain ends as undeliverable after six tries, with an alarm.
So "permanent" needs a plain sign that the fault lies with this one recipient. The provider's own text may
quote addresses: it is read here and never passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
)

from perennial.errors import InDoubt, ProviderError, Refused

# Raised before the request leaves. An SSLError is not among them: it may also come while the answer is read.
_NEVER_LEFT = (
    EndpointConnectionError,
    ConnectTimeoutError,
    ProxyConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ParamValidationError,
)

RecipientFault = Callable[[str, str], bool]  # (error code, the provider's text in lower case)


@contextmanager
def provider_errors(recipient_fault: RecipientFault) -> Iterator[None]:
    """Errors of botocore leave this block as Refused or InDoubt."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _meaning(error, recipient_fault) from None


def _meaning(error: BotoCoreError | ClientError, recipient_fault: RecipientFault) -> ProviderError:
    if isinstance(error, ClientError):
        return _answer(error, recipient_fault)
    name = type(error).__name__
    return Refused(name, permanent=False) if isinstance(error, _NEVER_LEFT) else InDoubt(name)


def _answer(error: ClientError, recipient_fault: RecipientFault) -> ProviderError:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response["Error"]["Code"]
    if not 400 <= status < 500:
        return InDoubt(code)
    return Refused(code, permanent=recipient_fault(code, error.response["Error"].get("Message", "").lower()))
