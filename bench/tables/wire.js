// Before the page loads: counts the bytes of every websocket message as it arrives.
(() => {
  const wire = (window.benchWire = { received: 0 });
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        wire.received += data.byteLength ?? data.size ?? data.length;
      });
    }
  };
})();
