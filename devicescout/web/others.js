/* SPDX-License-Identifier: Apache-2.0 */
/* others: who may release for a person, until when, and for whom the person may. */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;
  var DAY_MS = 86400000;
  var SPANS = [1, 7, 30]; /* days; and the longest that the site allows */

  var days = 1;

  function failed(status, answer) {
    var error = (answer && answer.error) || '';

    if (status === 401) { self.leave('news.signed-out'); return; }
    self.say('others-error', error === 'too-often' ? self.count('signin.too-often', answer.wait_s) :
      self.text(self.has('others.refused.' + error) ? 'others.refused.' + error : 'mine.failed'));
  }

  function end(id) {
    self.call('DELETE', 'delegates/' + id, null, function (status, answer) {
      if (status === 200) { draw(answer); } else { failed(status, answer); }
    });
  }

  function row(one) {
    return self.item('person', one.person, self.text('others.until', { when: self.when(one.until_unix_ms) }),
      self.text('others.end'), function () { end(one.id); });
  }

  function fill(id, list) {
    $(id).textContent = '';
    list.forEach(function (one) { $(id).appendChild(row(one)); });
    self.show(id + '-head', list.length > 0);
  }

  function choose(n) {
    days = n;
    Array.prototype.forEach.call($('others-days').children, function (button) {
      var yes = Number(button.getAttribute('data-days')) === n;
      button.setAttribute('aria-checked', String(yes));
      button.tabIndex = yes ? 0 : -1;
    });
  }

  function drawSpans(most) {
    var spans = SPANS.filter(function (n) { return n * 1.5 < most; }).concat([most]);

    $('others-days').textContent = '';
    spans.slice(0, 4).forEach(function (n) {
      var button = self.make('button', '');
      button.type = 'button';
      button.setAttribute('role', 'radio');
      button.setAttribute('data-days', n);
      button.textContent = self.count('others.days', n);
      button.onclick = function () { choose(n); };
      $('others-days').appendChild(button);
    });
    choose(Math.min(days, most));
  }

  function draw(answer) {
    var mayAdd = self.session.authentication === 'password';

    self.say('others-error', '');
    $('others-user').value = '';
    fill('delegates', answer.delegates);
    fill('delegates-for', answer['for']);
    drawSpans(answer.days_most);
    self.show('others-add', mayAdd);
    self.say('others-how', self.text(mayAdd ? 'others.text' : 'others.how'));
  }

  function open() {
    self.call('GET', 'delegates', null, function (status, answer) {
      if (status === 401) { self.leave('news.signed-out'); return; }
      if (status !== 200) { self.news(self.text('mine.failed')); return; }
      draw(answer);
      self.openSheet('others', 'others', 'others-title');
    });
  }

  /* By the server's clock; a minute less, so that the longest time is not too long. */
  function until() { return self.serverNow() + days * DAY_MS - 60000; }

  function add(event) {
    var user = $('others-user').value.trim();

    event.preventDefault();
    if (!user) {
      self.say('others-error', self.text('signin.missing.user'));
      $('others-user').focus();
      return;
    }
    self.call('POST', 'delegates', { user: user, until_unix_ms: until() }, function (status, answer) {
      if (status === 200) { draw(answer); } else { failed(status, answer); }
    });
  }

  self.clearOthers = function () {
    days = 1;
    $('others-user').value = '';
    ['delegates', 'delegates-for', 'others-days'].forEach(function (id) { $(id).textContent = ''; });
    self.say('others-error', '');
  };

  self.bindOthers = function () {
    $('to-others').onclick = open;
    $('others').onsubmit = add;
    $('others-close').onclick = self.closeSheet;
  };
}());
