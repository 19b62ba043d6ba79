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

  function how(job) {
    if (self.isOnItsWay(job)) { return self.text('how.' + job.state); }
    if (job.state === 'delivered') {
      if (!job.confirmed) { return self.text('how.delivered.unsure'); }
      return job.impressions ? self.count('how.delivered.pages', job.impressions) : self.text('how.delivered');
    }
    if (job.state === 'unknown') { return self.text('how.unknown'); }
    if (job.problem === 'none') { return ''; }
    return self.text(job.not_tried ? 'how.not-tried' : 'how.wrong', { why: whyOf(job) });
  }

  function size(bytes) {
    if (bytes < 1000) { return bytes + ' B'; }
    if (bytes < 1000000) { return Math.round(bytes / 1000) + ' kB'; }
    return (bytes / 1000000).toLocaleString(self.language, { maximumFractionDigits: 1 }) + ' MB';
  }

  function when(ms) {
    var then = new Date(ms), today = new Date();
    var time = then.toLocaleTimeString(self.language, { hour: '2-digit', minute: '2-digit' });
    if (then.toDateString() === today.toDateString()) { return time; }
    return then.toLocaleDateString(self.language, { weekday: 'short', day: 'numeric', month: 'short' }) + ', ' + time;
  }

  function facts(job) {
    var list = [job.pages ? self.count('job.pages', job.pages) : size(job.bytes), when(job.created)];
    if (job.password) { list.push(self.text('job.password')); }
    if (job.computer) { list.push(self.text('job.from', { computer: job.computer })); }
    return list.join('  ·  ');
  }

  function make(tag, name) {
    var e = document.createElement(tag);
    e.className = name;
    return e;
  }

  /* A row: <li><label><input><title, facts, how, fit><box></label></li>. */
  self.row = function (id, onChange) {
    var row = { element: document.createElement('li'), label: make('label', 'job'), input: make('input', ''),
      title: make('span', 'title'), facts: make('span', 'facts'), how: make('span', 'how'),
      fit: make('span', 'fit') };
    var what = make('span', 'what'), box = make('span', 'box');

    row.input.type = 'checkbox';
    row.input.onchange = function () { onChange(id, row.input.checked); };
    row.how.setAttribute('role', 'status');
    box.setAttribute('aria-hidden', 'true');
    what.appendChild(row.title);
    what.appendChild(row.facts);
    what.appendChild(row.how);
    what.appendChild(row.fit);
    row.label.appendChild(row.input);
    row.label.appendChild(box);
    row.label.appendChild(what);
    row.element.appendChild(row.label);
    return row;
  };

  function set(element, text) {
    if (element.textContent !== text) { element.textContent = text; } /* else a screen reader says it again */
  }

  self.fill = function (row, job, chosen) {
    var names = ['job'];

    if (chosen) { names.push('chosen'); }
    if (self.isOnItsWay(job)) { names.push(job.state === 'waiting' ? 'waits' : 'moving', 'fixed'); }
    if (job.state === 'delivered') { names.push('done', 'fixed'); }
    if (job.state === 'delivered' && !job.confirmed) { names.push('unsure'); }
    if (self.mayRelease(job) && (job.problem !== 'none' || job.state === 'unknown')) { names.push('wrong'); }
    row.label.className = names.join(' ');
    row.input.disabled = !self.mayRelease(job);
    row.input.checked = chosen;
    set(row.title, job.title || self.text('job.untitled'));
    set(row.facts, facts(job));
    set(row.how, how(job));
    set(row.fit, job.problem === 'format-not-supported' ? '' : fit(job));
  };
}());
