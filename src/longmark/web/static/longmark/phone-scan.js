// Reads a code with the camera where the browser can; the button shows only there.
(() => {
  const area = document.querySelector("[data-scan]");
  if (!area || !("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const view = area.querySelector("[data-scan-view]");
  const field = document.querySelector("[data-find] input");
  let stream = null;

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    view.hidden = true;
  };
  const look = async (detector) => {
    if (!stream) return;
    const [code] = await detector.detect(view).catch(() => []);
    if (!code?.rawValue) return void setTimeout(() => look(detector), 150);
    stop();
    field.value = code.rawValue;
    field.form.requestSubmit();
  };
  const start = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.srcObject = stream;
      view.hidden = false;
      await view.play();
      const formats = await BarcodeDetector.getSupportedFormats();
      look(new BarcodeDetector({ formats: formats.filter((each) => ["qr_code", "data_matrix", "code_128"].includes(each)) }));
    } catch {
      stop();
      area.querySelector("[data-scan-failed]").hidden = false;
    }
  };

  area.hidden = false;
  area.querySelector("[data-scan-start]").addEventListener("click", () => (stream ? stop() : start()));
  window.addEventListener("pagehide", stop);
})();
