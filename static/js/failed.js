// A page that failed, or the page without a network: what was being sent has not arrived and stays a draft.
Object.keys(localStorage).filter((key) => key.startsWith("kept:") && key.includes(":draft:")).forEach((key) => {
  const draft = JSON.parse(localStorage.getItem(key));
  localStorage.setItem(key, JSON.stringify({ values: draft.values, sent: false }));
});
