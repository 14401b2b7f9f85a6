// Reads a code with the camera where the browser can; where it cannot, the page says what to do.
(() => {
  const area = document.querySelector("[data-scan]");
  if (!area) return;
  const part = (name) => area.querySelector(`[data-scan-${name}]`);
  const [button, word, view] = [part("start"), part("word"), part("view")];
  const field = document.querySelector("[data-find] input");
  const KINDS = ["qr_code", "data_matrix", "code_128"];
  const EVERY_MS = 150;
  const scan = word.textContent;
  let stream = null;

  const show = (isOn) => {
    view.hidden = part("running").hidden = !isOn;
    word.textContent = isOn ? word.dataset.stop : scan;
  };
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    show(false);
  };
  const look = async (detector) => {
    if (!stream) return;
    const [code] = await detector.detect(view).catch(() => []);
    if (!code?.rawValue) return void setTimeout(() => look(detector), EVERY_MS);
    stop();
    field.value = code.rawValue;
    field.form.requestSubmit();
  };
  const start = async (formats) => {
    part("failed").hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.srcObject = stream;
      show(true);
      await view.play();
      look(new BarcodeDetector({ formats }));
    } catch {
      stop();
      part("failed").hidden = false;
    }
  };
  const readable = async () => {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return [];
    const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
    return KINDS.filter((each) => known.includes(each));
  };

  readable().then((formats) => {
    area.hidden = false;
    button.hidden = !formats.length;
    part("none").hidden = Boolean(formats.length);
    button.addEventListener("click", () => (stream ? stop() : start(formats)));
  });
  window.addEventListener("pagehide", stop);
})();
