// A passkey: asks the browser for what the form's `data-options` describe, puts the answer into the form and sends it.
// The rest is `mfa/js/webauthn-json.js`, which only turns texts into bytes and back.
(() => {
  "use strict";
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const button = form.querySelector("button");
  const failed = document.getElementById("passkey-failed");
  if (!window.PublicKeyCredential || !window.webauthnJSON) {
    button.disabled = true;
    document.getElementById("passkey-missing").hidden = false;
    return;
  }
  form.addEventListener("submit", async (event) => {
    const field = form.querySelector('input[name="credential"]');
    event.preventDefault();
    failed.hidden = true;
    try {
      const options = JSON.parse(form.dataset.options);
      const answer = await window.webauthnJSON[form.dataset.passkey](options);
      field.value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      failed.hidden = false;
    }
  });
})();
