/** The pair's template, for one turn of the user's; vLLM puts the BOS in front. */
export const byTemplate = {
  template: "{{ bos_token }}<|user|>{{ messages[-1].content }}<|assistant|>",
  bosToken: "<s>",
  serverAddsBos: true,
};
