"""Errors a person can act on, instead of tracebacks."""

from __future__ import annotations

import sys
from typing import Any

import click

from perennial.errors import PerennialError


class PlainErrors(click.Group):
    """Expected errors become one message and exit code 1; what nobody expected keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except PerennialError as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            if remedy := _of_aws(error):
                raise click.ClickException(remedy) from error
            raise


def _of_aws(error: Exception) -> str | None:
    """AWS's own errors in words; botocore is only looked at when a command has loaded it."""
    botocore: Any = sys.modules.get("botocore.exceptions")
    if botocore is None or not isinstance(error, botocore.BotoCoreError | botocore.ClientError):
        return None
    if isinstance(error, botocore.NoCredentialsError | botocore.PartialCredentialsError):
        return "There are no AWS credentials here. Run `aws configure`, or set AWS_PROFILE, and try again."
    if isinstance(error, botocore.NoRegionError):
        return "No AWS region is set. Add --region, such as --region eu-central-1."
    if isinstance(error, botocore.ClientError):
        return f"AWS refused: {error.response['Error'].get('Message') or error}"
    return f"AWS could not be reached: {error}"
