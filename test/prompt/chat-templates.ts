/** Small templates of our own that do what stock ones of the same name do where it matters. */

/** Writes contents as they are. */
export const PLAIN = `{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}{% for call in message.tool_calls or [] %}
<tool_call>{{ call.function.name }}({{ call.function.arguments | tojson }})</tool_call>{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

/** Lists tools; can be told not to think, and then closes the thought itself. */
export const HYBRID = `{% if tools %}<|im_start|>system
{% for tool in tools %}{{ tool.function | tojson }}
{% endfor %}<|im_end|>
{% endif %}{% for message in messages %}{% if message.role == "tool" %}<|im_start|>user
<tool_response>{{ message.content }}</tool_response><|im_end|>
{% else %}<|im_start|>{{ message.role }}
{% if message.reasoning_content %}<think>
{{ message.reasoning_content }}
</think>

{% endif %}{{ message.content }}<|im_end|>
{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% if enable_thinking is defined and enable_thinking is false %}<think>

</think>

{% endif %}{% endif %}`;

/** Opens the thought itself, and deletes those of earlier turns. */
export const OPENING = `{{ bos_token }}{% for message in messages %}{% if message.role == "user" %}<User>{{ message.content }}{% elif message.role == "assistant" %}<Assistant>{{ message.content.split("</think>") | last }}{{ eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}<Assistant><think>
{% endif %}`;

/** Trims contents, and wants the roles to alternate. */
export const STRICT = `{{ bos_token }}{% for message in messages %}{% if (message.role == "user") != (loop.index0 % 2 == 0) %}{{ raise_exception("Roles must alternate user/assistant/...") }}{% endif %}[{{ message.role }}]{{ message.content | trim }}
{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}`;
