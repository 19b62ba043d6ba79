/* SPDX-License-Identifier: Apache-2.0 */
/* words: what the page says, in the person's language. One file of messages for each; a test sees that all are complete. */
(function () {
  'use strict';

  var words = {};
  var self = window.latchkey = { languages: ['en', 'de'], language: 'en' };

  function fetchWords(language, done) {
    var request = new XMLHttpRequest();
    request.open('GET', '/static/messages.' + language + '.json');
    request.onload = function () {
      var read = null;
      try { read = JSON.parse(request.responseText); } catch (e) { read = null; }
      done(read);
    };
    request.onerror = function () { done(null); };
    request.send();
  }

  self.has = function (key) {
    return words.hasOwnProperty(key);
  };

  /* The sentence under key, with {name} replaced by values.name. */
  self.text = function (key, values) {
    var sentence = words.hasOwnProperty(key) ? words[key] : key;
    return sentence.replace(/\{(\w+)\}/g, function (all, name) {
      return values && values.hasOwnProperty(name) ? String(values[name]) : all;
    });
  };

  /* The same for a number of things: key.one or key.other. */
  self.count = function (key, n) {
    return self.text(key + (n === 1 ? '.one' : '.other'), { n: n });
  };

  /* How dates are written: the browser's own way where it speaks the page's language. */
  self.locale = function () {
    var own = navigator.language || '';
    return own.slice(0, 2).toLowerCase() === self.language ? own : self.language;
  };

  function each(selector, fn) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), fn);
  }

  /* Every fixed text of the page. */
  function apply() {
    document.documentElement.lang = self.language;
    each('[data-text]', function (e) { e.textContent = self.text(e.getAttribute('data-text')); });
    each('[data-label]', function (e) { e.setAttribute('aria-label', self.text(e.getAttribute('data-label'))); });
    each('[data-placeholder]', function (e) { e.placeholder = self.text(e.getAttribute('data-placeholder')); });
    each('[data-language]', function (e) {
      e.setAttribute('aria-pressed', String(e.getAttribute('data-language') === self.language));
    });
  }

  /* Where they cannot be had, what is there stays. */
  self.speak = function (language, done) {
    if (language === self.language && self.has('language')) { done(); return; }
    fetchWords(language, function (read) {
      if (read) {
        words = read;
        self.language = language;
        apply();
      }
      done();
    });
  };

  /* The language that the browser asks for, if we have it. */
  self.begin = function (done) {
    var wanted = (navigator.language || 'en').slice(0, 2).toLowerCase();
    self.speak(self.languages.indexOf(wanted) >= 0 ? wanted : 'en', done);
  };
}());
