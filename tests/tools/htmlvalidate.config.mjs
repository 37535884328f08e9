// What html-validate looks for in the pages, and why some of it is left out.
export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // The templates leave it behind, and compressed it is nothing.
    "no-trailing-whitespace": "off",
    "doctype-style": ["error", { style: "lowercase" }],
    // A button sends its form and an input takes text unless they say something else.
    "no-implicit-button-type": "off",
    "no-implicit-input-type": "off",
    // Titles hold the names that people gave.
    "long-title": "off",
    // A fieldset here only disables what is in it; the section around it has the heading.
    "wcag/h71": "off",
    // Without scripts, the page of an order that is being checked looks for news by itself.
    "meta-refresh": "off",
    // In one form a hidden field remembers what the button of the same name has said.
    "form-dup-name": "off",
  },
};
