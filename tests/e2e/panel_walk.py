# SPDX-License-Identifier: Apache-2.0
"""A walk past every screen and sheet of the panel's page, and looks that say what is wrong with one."""
from panel_page import ALICE_BADGE, NEW_BADGE, choose, fill_form, pin, seen, sign_in, signed_in, swipe, to_form

LOOKS = """
window.looks = {
  /* What can be touched now: seen, not behind a sheet. */
  within: function () {
    var sheet = document.querySelector('.sheet:not([hidden])');
    var roots = sheet ? [sheet, document.getElementById('keys')] : [document.body];
    return [].concat.apply([], roots.map(function (root) { return [].slice.call(root.querySelectorAll('*')); }))
      .filter(function (e) { return e.getClientRects().length && getComputedStyle(e).visibility === 'visible'; });
  },
  name: function (e) { return (e.id || e.className || e.tagName) + ' "' + (e.textContent || e.value || '').slice(0, 30) + '"'; },

  small: function () {
    return looks.within().filter(function (e) {
      var r = e.getBoundingClientRect();
      return /^(BUTTON|LABEL)$/.test(e.tagName) && !(e.tagName === 'LABEL' && e.htmlFor) && (r.height < 48 || r.width < 48) ||
        e.tagName === 'INPUT' && /text|password/.test(e.type) && r.height < 48;
    }).map(looks.name);
  },

  /* Text that does not fit where it stands, or stands outside of the screen. Long titles end in three dots by intent. */
  cut: function () {
    var wide = document.documentElement.clientWidth, high = document.documentElement.clientHeight;
    return looks.within().filter(function (e) {
      var s = getComputedStyle(e), r = e.getBoundingClientRect(), scrolls = false, up;
      if (s.textOverflow === 'ellipsis' || !/^(BUTTON|H1|H2|P|SPAN|LABEL|OUTPUT)$/.test(e.tagName) || e.className === 'unseen') { return false; }
      for (up = e; up; up = up.parentElement) { scrolls = scrolls || /auto|scroll/.test(getComputedStyle(up).overflowY); }
      return e.scrollWidth > e.clientWidth + 1 && s.display !== 'inline' || r.right > wide + 1 || r.left < -1 ||
        !scrolls && (r.bottom > high + 1 || r.top < -1);
    }).map(looks.name);
  },

  rgb: function (text) {
    var m = /rgba?\\(([\\d.]+), ([\\d.]+), ([\\d.]+)(?:, ([\\d.]+))?/.exec(text);
    return m ? [Number(m[1]), Number(m[2]), Number(m[3]), m[4] === undefined ? 1 : Number(m[4])] : [0, 0, 0, 0];
  },
  over: function (top, under) {
    return [0, 1, 2].map(function (i) { return top[i] * top[3] + under[i] * (1 - top[3]); }).concat([1]);
  },
  behind: function (e) {
    var layers = [], color = [255, 255, 255, 1];
    for (; e; e = e.parentElement) {
      layers.push(looks.rgb(getComputedStyle(e).backgroundColor));
      if (layers[layers.length - 1][3] === 1) { break; }
    }
    layers.reverse().forEach(function (layer) { color = looks.over(layer, color); });
    return color;
  },
  light: function (c) {
    var l = c.slice(0, 3).map(function (v) { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
  },
  ratio: function (a, b) {
    var x = looks.light(a), y = looks.light(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  },

  /* WCAG 2.1 AA: 4.5, or 3 where text is large; icons and the borders of fields 3. */
  faint: function () {
    var out = [];
    looks.within().forEach(function (e) {
      var s = getComputedStyle(e), size = parseFloat(s.fontSize), bold = Number(s.fontWeight) >= 600;
      var own = [].some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.nodeValue.trim(); });
      var least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5, back = looks.behind(e), r;
      if (own) {
        r = looks.ratio(looks.over(looks.rgb(s.color), back), back);
        if (r < least) { out.push(looks.name(e) + ' ' + r.toFixed(2)); }
      }
      if (e.tagName === 'path') {
        r = looks.ratio(looks.rgb(s.stroke), back);
        if (r < 3 && !/^box$/.test(e.parentElement.parentElement.className)) { out.push('icon in ' + looks.name(e.parentElement.parentElement) + ' ' + r.toFixed(2)); }
      }
      if (e.tagName === 'INPUT' && /text|password/.test(e.type) || e.className === 'box') {
        r = looks.ratio(looks.rgb(s.borderTopColor), looks.behind(e.parentElement));
        if (r < 3) { out.push('border of ' + looks.name(e) + ' ' + r.toFixed(2)); }
      }
    });
    return out;
  }
};
"""


def screens(page):
    """Go past all of them; yields the name of each while it is seen."""
    yield "idle"
    to_form(page)
    yield "form with keys"
    if page.js("!document.getElementById('keys').hidden"):
        page.click("#keys .other")
        yield "form with signs"
    page.click("#sign-in-button")
    yield "form with a complaint"
    page.click("#way-pin")
    yield "name for a PIN"
    page.click("#form-back")
    swipe(page, ALICE_BADGE)
    seen(page, "pad")
    pin(page, "000000")
    page.wait("the refusal", "document.getElementById('pad-error').textContent !== ''")
    yield "pad"
    page.click("#pad-back")
    swipe(page, NEW_BADGE)
    seen(page, "form")
    yield "first swipe"
    fill_form(page, "bob")
    seen(page, "pad")
    yield "choose a PIN"
    page.click("#pad-other")
    page.click("#to-mine")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    yield "mine"
    page.click("#mine-close")
    page.click("#sign-out")
    seen(page, "idle")
    sign_in(page)
    signed_in(page, 5)
    yield "list"
    choose(page, "Minutes")
    yield "list with one chosen"
    page.click("#options")
    yield "options"
    page.click("#pages")
    yield "options with keys"
    page.press("Escape", 27)
    page.click("#delete")
    yield "question"
    page.press("Escape", 27)
    page.click("#release")
    page.wait("a job on its way", "document.querySelector('.job.waits, .job.moving') !== null")
    yield "printing"
    page.wait("an end", "document.querySelector('#progress.done') !== null")
    yield "printed"
    choose(page, "Poster")
    page.click("#release")
    page.wait("an end", "document.querySelector('#progress.wrong') !== null")
    yield "something wrong"
    page.click("#sign-out")
    seen(page, "idle")
    sign_in(page, "carol")
    signed_in(page, 3)
    choose(page, "Payslip")
    page.click("#release")
    yield "password of a job"


def screens_of_rights(page):
    """The same where others may release and jobs be kept."""
    sign_in(page, "alice")
    signed_in(page, 8)
    yield "list of two people"
    page.click("#options")
    yield "options with keep"
    page.click("#options-done")
    page.click("#to-mine")
    page.wait("the sheet", "!document.getElementById('mine').hidden")
    yield "mine with others"
    page.click("#to-others")
    page.wait("the sheet", "!document.getElementById('others').hidden")
    page.type("#others-user", "bob")
    yield "others with keys"
    page.click("#others-allow")
    page.wait("bob", "document.querySelectorAll('#delegates li').length === 1")
    yield "others"
