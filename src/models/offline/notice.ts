/** Opens whatever the offline model answers, so that nobody takes it for the words of a language model. */
export const offlineNotice =
  "[offline model: no language model, sentences ranked by rule]";

/** A text without the notice, for quoting one offline answer in another. */
export const removeOfflineNotice = (text: string): string =>
  text.replaceAll(offlineNotice, "").trim();
