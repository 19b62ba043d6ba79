/* SPDX-License-Identifier: Apache-2.0 */
/* jobs: how a job looks on the screen: its row, and its state in words. */
(function () {
  'use strict';

  var self = window.latchkey;
  var ON_ITS_WAY = ['waiting', 'ordered', 'delivering'];
  var OF_THE_PRINTER = ['printer-unreachable', 'printer-refused', 'certificate-changed', 'printer-stopped',
    'connection-broken', 'canceled-at-printer', 'aborted-by-printer', 'format-not-supported'];

  self.isOnItsWay = function (job) { return ON_ITS_WAY.indexOf(job.state) >= 0; };
  self.mayRelease = function (job) { return ['held', 'failed', 'unknown'].indexOf(job.state) >= 0; };

  /* "media-empty-error,cover-open" in sentences; words that we do not have are left out. */
  self.reasons = function (detail) {
    return String(detail || '').split(',').map(function (word) {
      var key = 'reason.' + word.trim().replace(/-(error|warning|report)$/, '');
      return self.has(key) ? self.text(key) : '';
    }).filter(Boolean).join(' ');
  };

  /* Some printers leave the severity out, also where nothing has stopped. */
  function stops(word) {
    if (/-(warning|report|low)$/.test(word)) { return false; }
    return /-error$/.test(word) || self.has('reason.' + word);
  }

  /* What a printer that has a job waits for. An error without a sentence of ours is said as it is. */
  function waitsFor(detail) {
    var errors = String(detail || '').split(',').filter(stops);
    var words = errors.join(', ').replace(/-error\b/g, '').replace(/-/g, ' ');
    return self.reasons(errors.join(',')) || (words && self.text('reason.other', { words: words }));
  }

  /* It is at the printer, and somebody has to do something there. */
  self.isStuck = function (job) { return job.state === 'delivering' && waitsFor(job.detail) !== ''; };

  /* What is wrong, in a sentence or two. */
  self.why = function (problem, detail, computer) {
    var key = self.has('why.' + problem) ? 'why.' + problem : 'why.other';
    var more = self.reasons(detail);
    return self.text(key, { computer: computer || '' }) + (more ? ' ' + more : '');
  };

  function whyOf(job) {
    var why = self.why(job.problem, job.detail, job.computer);
    var atPrinter = OF_THE_PRINTER.indexOf(job.problem) >= 0 && job.printer;
    return atPrinter ? self.text('printer.at', { printer: job.printer, why: why }) : why;
  }

  /* What this printer cannot do of it, and which printers can. */
  function fit(job) {
    var said = '', where = (job.elsewhere || []).join(', ');

    if (!self.mayRelease(job)) { return ''; }
    if (job.prints_here === false) {
      said = self.text('why.format-not-supported');
    } else if (job.lacks && job.lacks.length) {
      said = self.text('fit.lacks', { what: job.lacks.map(function (name) { return self.text('fit.' + name); }).join(', ') });
    }
    return said && where ? said + ' ' + self.text('fit.elsewhere', { printers: where }) : said;
  }

  /* How it stands, in words; empty while it just waits for its person. */
  self.how = function (job) {
    if (self.isStuck(job)) { return self.text('how.stopped', { why: waitsFor(job.detail) }); }
    if (self.isOnItsWay(job)) { return self.text('how.' + job.state); }
    if (job.state === 'delivered') {
      if (!job.confirmed) { return self.text('how.delivered.unsure'); }
      return job.impressions ? self.count('how.delivered.pages', job.impressions) : self.text('how.delivered');
    }
    if (job.state === 'unknown') { return self.text('how.unknown'); }
    if (job.kept && job.problem === 'none') { return self.text('how.kept'); }
    if (job.problem === 'none') { return ''; }
    return self.text(job.not_tried ? 'how.not-tried' : 'how.wrong', { why: whyOf(job) });
  };

  function size(bytes) {
    if (bytes < 1000) { return bytes + ' B'; }
    if (bytes < 1000000) { return Math.round(bytes / 1000) + ' kB'; }
    return (bytes / 1000000).toLocaleString(self.locale(), { maximumFractionDigits: 1 }) + ' MB';
  }

  self.when = function (ms) {
    var then = new Date(ms), today = new Date();
    var time = then.toLocaleTimeString(self.locale(), { hour: 'numeric', minute: '2-digit' });
    if (then.toDateString() === today.toDateString()) { return time; }
    return then.toLocaleDateString(self.locale(), { weekday: 'short', day: 'numeric', month: 'short' }) + ', ' + time;
  };

  function facts(job) {
    var list = [job.pages ? self.count('job.pages', job.pages) : size(job.bytes)];
    if (job.color === true || job.color === false) { list.push(self.text(job.color ? 'job.color' : 'job.grey')); }
    list.push(self.when(job.created));
    if (job.password) { list.push(self.text('job.password')); }
    if (job.computer) { list.push(self.text('job.from', { computer: job.computer })); }
    return list.join('  \u00b7  ');
  }

  /* Its state: [classes of the row, icon]. A word in how() goes with each. */
  function look(job) {
    if (job.state === 'waiting') { return ['waits fixed', 'clock']; }
    if (self.isStuck(job)) { return ['wrong fixed', 'warning']; }
    if (self.isOnItsWay(job)) { return ['moving fixed', 'printer']; }
    if (job.state === 'delivered') { return job.confirmed ? ['done fixed', 'check'] : ['done unsure fixed', 'check']; }
    if (job.state === 'unknown') { return ['wrong', 'question']; }
    if (job.kept && job.problem === 'none') { return ['kept', 'check']; }
    return self.mayRelease(job) && job.problem !== 'none' ? ['wrong', 'warning'] : ['', ''];
  }

  function line(name) {
    var e = self.make('span', name);
    e.icon = self.make('span', 'icon');
    e.words = self.make('span', 'words');
    e.appendChild(e.icon);
    e.appendChild(e.words);
    return e;
  }

  /* A row: <li><label><input><box><title, facts, how, fit></label></li>. */
  self.row = function (id, onChange) {
    var row = { element: document.createElement('li'), label: self.make('label', 'job'), input: self.make('input', ''),
      box: self.make('span', 'box'), title: self.make('span', 'title'), facts: self.make('span', 'facts'),
      how: line('how'), fit: line('fit') };
    var what = self.make('span', 'what');

    row.input.type = 'checkbox';
    row.input.onchange = function () { onChange(id, row.input.checked); };
    row.how.setAttribute('role', 'status');
    row.box.setAttribute('aria-hidden', 'true');
    [row.title, row.facts, row.how, row.fit].forEach(function (e) { what.appendChild(e); });
    [row.input, row.box, what].forEach(function (e) { row.label.appendChild(e); });
    row.element.appendChild(row.label);
    return row;
  };

  function set(element, text) {
    if (element.textContent !== text) { element.textContent = text; } /* else a screen reader says it again */
  }

  function setLine(element, icon, text) {
    element.hidden = !text;
    self.icon(element.icon, icon);
    set(element.words, text);
  }

  self.fill = function (row, job, chosen) {
    var it = look(job), fixed = it[0].indexOf('fixed') >= 0;

    row.label.className = 'job ' + it[0] + (chosen ? ' chosen' : '');
    row.input.disabled = !self.mayRelease(job);
    row.input.checked = chosen;
    self.icon(row.box, fixed ? it[1] : 'check');
    set(row.title, job.title || self.text('job.untitled'));
    set(row.facts, facts(job));
    setLine(row.how, fixed ? '' : it[1], self.how(job));
    setLine(row.fit, 'warning', job.problem === 'format-not-supported' ? '' : fit(job));
  };
}());
