/* What the other scripts of the pages share. They come after it: none of them is a module, since
   browsers refuse to load modules from files. */
"use strict";

/* Return a new element with properties and children. */
const make = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
