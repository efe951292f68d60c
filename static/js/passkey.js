// Passkeys: the browser signs the server's challenge; the answer goes with the form.
const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};
const text = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

function wanted(options) {
  const publicKey = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (publicKey.user) publicKey.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  publicKey.allowCredentials = keys(publicKey.allowCredentials);
  publicKey.excludeCredentials = keys(publicKey.excludeCredentials);
  return { publicKey };
}

function said(credential) {
  const response = {};
  ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(
    (name) => {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    },
  );
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

const form = document.querySelector("form[data-passkey]");
if (form && window.PublicKeyCredential) {
  const start = form.querySelector("[data-passkey-start]");
  const failed = form.querySelector("[data-passkey-failed]");
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  start.hidden = false;
  start.addEventListener("click", () => {
    failed.hidden = true;
    navigator.credentials[form.dataset.passkey](wanted(options))
      .then((credential) => {
        form.querySelector("[name=credential]").value = JSON.stringify(said(credential));
        form.submit();
      })
      .catch(() => {
        failed.hidden = false;
      });
  });
}
