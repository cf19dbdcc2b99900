// One place for the server whatever page is open first: no search that ends in errors.
window.__streamlit = { BACKEND_BASE_URL: `${window.location.origin}/` };

// The language of the page follows what is shown, so that screen readers and line breaking know it.
const follow = () => {
  const shown = document.querySelector(".vv[lang]");
  if (shown && document.documentElement.lang !== shown.lang) {
    document.documentElement.lang = shown.lang;
  }
};
new MutationObserver(follow).observe(document.documentElement, {
  attributes: true,
  attributeFilter: ["lang"],
  childList: true,
  subtree: true,
});
