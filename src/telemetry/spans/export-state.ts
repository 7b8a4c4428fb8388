/** Whether anybody is told. Without an exporter no span is planned, so that telemetry costs nothing. */
let exporting = false;
export const isExporting = (): boolean => exporting;
export const markExporting = (): void => {
  exporting = true;
};
