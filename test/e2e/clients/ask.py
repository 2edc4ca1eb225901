"""Asks a served router as Python programs do, and prints what came as JSON: python ask.py BASE_URL"""

import json
import sys

from openai import NotFoundError, OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
messages = [{"role": "user", "content": "2+2?"}]

thought = answer = ""
usage = record = None
choices = 0
with client.chat.completions.create(
    model="glimprouter@tau=1.2",
    messages=messages,
    stream=True,
    stream_options={"include_usage": True},
) as stream:
    for chunk in stream:
        for choice in chunk.choices:
            choices += 1
            thought += getattr(choice.delta, "reasoning_content", None) or ""
            answer += choice.delta.content or ""
        usage = chunk.usage or usage
        record = getattr(chunk, "glimprouter", None) or record

whole = client.chat.completions.create(model="glimprouter", messages=messages)
try:
    client.chat.completions.create(model="gpt-4", messages=messages)
    refused = None
except NotFoundError as error:
    refused = error.code

print(
    json.dumps(
        {
            "models": [model.id for model in client.models.list()],
            "thought": thought,
            "answer": answer,
            "reasoning_tokens": usage.completion_tokens_details.reasoning_tokens,
            "threshold": record["threshold"],
            "whole": whole.choices[0].message.content,
            "finish": whole.choices[0].finish_reason,
            "refused": refused,
        }
    )
)
