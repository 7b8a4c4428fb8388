/** Without an exporter, activities create no spans, so that disabled telemetry costs nothing. */
let exporting = false;
export const isExporting = (): boolean => exporting;
export const markExporting = (): void => {
  exporting = true;
};
