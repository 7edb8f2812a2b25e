"""The console's way to the engine: opened when it is first needed, and kept."""

from __future__ import annotations

import asyncio

from temporalio.client import Client

from infra import engine
from infra.db.refusals import Refusals
from infra.db.views import Views
from infra.gateway import Gateway
from infra.settings import Settings


class EngineWay:
    """Gives the way to the engine; the console starts without it, for to look needs only the records."""

    def __init__(self, settings: Settings, views: Views, refusals: Refusals) -> None:
        """Take the settings, and where receipts and refusals are on record."""
        self._settings = settings
        self._views = views
        self._refusals = refusals
        self._client: Client | None = None
        self._turn = asyncio.Lock()

    async def gateway(self) -> Gateway:
        """Return the way to the engine.

        Raises:
            Refusal: No engine answers.
        """
        async with self._turn:
            if self._client is None:
                self._client = await engine.connect(self._settings)
        return Gateway(self._client, recall=self._views.receipt, keep=self._refusals.keep)

    async def is_well(self) -> bool:
        """Whether records and engine answer."""
        try:
            await asyncio.to_thread(self._views.project, "")
            gateway = await self.gateway()
            return await gateway.client.service_client.check_health()
        except Exception:  # noqa: BLE001 - whatever it is, it is not well
            return False
