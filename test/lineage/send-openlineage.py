"""Tells of one run with OpenLineage's own Python client: argv = folder of its source, URL, token."""
import sys
import types

sys.path.insert(0, sys.argv[1])
try:
    import httpx  # noqa: F401
except ImportError:
    # Only its asynchronous transport wants it.
    sys.modules["httpx"] = types.ModuleType("httpx")

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import dataset_version_dataset
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport

RUN = "ea041791-68bc-4ae1-bd89-4c8106a157e4"
config = HttpConfig(url=sys.argv[2], auth=ApiKeyTokenProvider({"apiKey": sys.argv[3]}))
client = OpenLineageClient(transport=HttpTransport(config))
version = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion="sha256:" + "a" * 64)
for state, at in ((RunState.START, "2026-11-21T10:00:00.000Z"), (RunState.COMPLETE, "2026-11-21T11:00:00.000Z")):
    client.emit(
        RunEvent(
            eventType=state,
            eventTime=at,
            run=Run(runId=RUN),
            job=Job(namespace="airflow", name="train.bert"),
            inputs=[InputDataset(namespace="s3://bucket", name="reviews", facets={"version": version})],
            outputs=[OutputDataset(namespace="s3://bucket", name="model")],
            producer="https://github.com/apache/airflow",
        )
    )
print("sent")
