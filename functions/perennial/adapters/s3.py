"""Objects on S3."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError


class S3Blobs:
    """`ports.Blobs`."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data)

    def get(self, key: str, version: str | None = None) -> bytes:
        which = {"VersionId": version} if version else {}
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, **which)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion"):
                raise KeyError(key) from error
            raise
        data: bytes = answer["Body"].read()
        return data
