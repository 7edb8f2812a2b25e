"""Logs and metrics of a process: structlog lines with the engine's context, and the engine core's own series."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from temporalio import activity, workflow
from temporalio.runtime import LoggingConfig, PrometheusConfig, Runtime, TelemetryConfig, TelemetryFilter

from infra.settings import Settings


def set_up_logging(settings: Settings) -> None:
    """Let every log line of this process, ours and the engine's, leave through structlog on stderr."""
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _flatten,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                last,
            ],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def runtime(core_address: str = "") -> Runtime:
    """Return the engine core's runtime: warnings to stderr, its series on an address of its own when one is given.

    Args:
        core_address: `host:port` on this machine; `infra.scrape` tells them together with ours.

    Raises:
        ValueError: The port is taken.
    """
    metrics = (
        PrometheusConfig(
            bind_address=core_address, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
        )
        if core_address
        else None
    )
    logging_config = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"))
    return Runtime(telemetry=TelemetryConfig(logging=logging_config, metrics=metrics))


def _flatten(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - structlog's signature
    """Lift the engine's context to the top of the line, where it can be searched."""
    for key in ("temporal_workflow", "temporal_activity"):
        inner = event.pop(key, None)
        if isinstance(inner, dict):
            event.update({name: value for name, value in inner.items() if name in _CONTEXT})
    return event


_CONTEXT = frozenset({"workflow_id", "run_id", "workflow_type", "activity_type", "attempt", "update_id", "update_name"})
