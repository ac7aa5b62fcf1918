'use strict';
/* What the page has beside its plain HTML: the strip of each file, the filter of the findings, the
   facts out of the JSON. All texts go in as text, never as markup. */
(function () {
  const CELLS = 100;
  const RANK = {note: 1, warning: 2, error: 3};
  const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

  function visible(text) {
    return String(text).replace(HOSTILE, function (c) {
      return '\\u{' + c.charCodeAt(0).toString(16) + '}';
    });
  }
  function make(tag, attributes, children) {
    const element = document.createElement(tag);
    for (const name of Object.keys(attributes || {})) {
      element.setAttribute(name, attributes[name]);
    }
    for (const child of children || []) {
      element.append(child instanceof Node ? child : visible(child));
    }
    return element;
  }
  function number(n) {
    return n.toLocaleString('en-US');
  }
  function size(bytes) {
    bytes = Math.round(bytes);
    const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    for (; bytes >= 1000 && unit < 4; unit++) {
      bytes /= 1000;
    }
    return (unit === 0 ? number(bytes) : bytes.toPrecision(3)) + ' ' + units[unit];
  }
  function count(n, noun) {
    return number(n) + ' ' + noun + (n === 1 ? '' : 's');
  }

  /* ---- the strip ---- */

  /* From here on findings may lie that are not listed: of each rule the first ones are. `rows` are
     all that `counts` counts. */
  function listedUntil(rows, counts) {
    let until = Infinity;
    for (const rule of Object.keys(counts)) {
      const own = rows.filter(function (row) { return row.dataset.rule === rule; });
      if (own.length < counts[rule]) {
        const places = own.map(function (row) { return Number(row.dataset.byte || 0); });
        until = Math.min(until, places.reduce(function (a, b) { return Math.max(a, b); }, 0));
      }
    }
    return until;
  }
  function cellsOf(rows, bytes) {
    const cells = [];
    for (const row of rows) {
      const at = Math.min(CELLS - 1, Math.floor(Number(row.dataset.byte) / bytes * CELLS));
      const cell = cells[at] || (cells[at] = {count: 0, severity: 'note', row: row});
      cell.count++;
      cell.severity = RANK[row.dataset.severity] > RANK[cell.severity] ?
        row.dataset.severity : cell.severity;
    }
    return cells;
  }
  function barOf(cell, at, bytes, most) {
    const what = 'At ' + size(bytes * at / CELLS) + ': ' + count(cell.count, 'finding') +
      ', the worst: ' + cell.severity;
    const bar = make('i');
    bar.style.height = 20 + 80 * Math.log2(1 + cell.count) / Math.log2(1 + most) + '%';
    const link = make('a', {href: '#' + cell.row.id, title: what, 'aria-label': what}, [bar]);
    const item = make('li', {'class': cell.severity}, [link]);
    item.style.left = at * 100 / CELLS + '%';
    item.style.width = 100 / CELLS + '%';
    return item;
  }
  function stripOf(title, rows, bytes, until) {
    const list = make('ol', {'class': 'strip', 'aria-label': 'Where the findings of ' +
      visible(title) + ' are, from its first byte to its last one'});
    const cells = cellsOf(rows, bytes);
    const most = cells.reduce(function (m, cell) { return Math.max(m, cell.count); }, 1);
    cells.forEach(function (cell, at) {
      list.append(barOf(cell, at, bytes, most));
    });
    if (until < bytes) {
      const hatch = make('li', {'class': 'unlisted', 'aria-hidden': 'true'});
      hatch.style.left = 100 * until / bytes + '%';
      list.append(hatch);
    }
    return list;
  }
  function hatchNote(where) {
    return make('p', {'class': 'shown'}, ['Hatched' + where +
      ': more findings may lie here, which are counted but not listed.']);
  }
  function stripOfFile(rows, facts) {
    const bytes = facts.bytes || 0;
    const placed = rows.filter(hasPlace);
    if (placed.length === 0 || bytes === 0) {
      return [];
    }
    const until = listedUntil(rows, facts.rules || {});
    const scale = [0, bytes / 2, bytes].map(function (n) { return make('span', {}, [size(n)]); });
    return [stripOf('the file', placed, bytes, until),
      make('div', {'class': 'scale', 'aria-hidden': 'true'}, scale),
      ...(until < bytes ? [hatchNote(', from ' + size(until) + ' on')] : [])];
  }
  function hasPlace(row) {
    return row.dataset.byte !== undefined;
  }
  /* Tables that are one file each: places in slices are places in files of their own. */
  function stripsOfTables(rows, tables) {
    const list = make('div', {'class': 'strips'});
    let hatched = false;
    tables.forEach(function (table, i) {
      const own = rows.filter(function (row) { return Number(row.dataset.section) === i + 1; });
      const name = 'out/tables/' + table.source;
      const placed = own.filter(function (row) {
        return hasPlace(row) && row.dataset.file === name;
      });
      if (placed.length !== 0 && table.bytes > 0 && table.slices === 0) {
        const until = listedUntil(own, table.rules || {});
        hatched = hatched || until < table.bytes;
        list.append(make('bdi', {}, [name]), stripOf(name, placed, table.bytes, until),
          make('span', {'class': 'shown'}, [size(table.bytes)]));
      }
    });
    return list.childElementCount === 0 ? [] : [list, ...(hatched ? [hatchNote('')] : [])];
  }
  function putStrips(subject, facts, rows) {
    const parts = Array.isArray(facts.tables) ? stripsOfTables(rows, facts.tables) :
      stripOfFile(rows, facts);
    if (parts.length !== 0) {
      subject.querySelector('.where').append(make('h3', {}, ['Where']), ...parts);
    }
  }

  /* ---- the filter ---- */

  function putFilter(subject, rows) {
    const section = subject.querySelector('.findings');
    if (section === null || rows.length < 2) {
      return function () {};
    }
    const search = make('input', {type: 'search', placeholder: 'Text, rule, column, line \u2026',
      'aria-label': 'Show only findings with this text'});
    const said = make('span', {role: 'status', 'class': 'shown'});
    const boxes = Object.keys(RANK).reverse().map(function (severity) {
      const own = rows.filter(function (row) { return row.dataset.severity === severity; });
      const box = make('input', {type: 'checkbox', value: severity});
      box.checked = true;
      return own.length === 0 ? null :
        {box: box, label: make('label', {}, [box, ' ' + count(own.length, severity)])};
    }).filter(Boolean);
    function apply() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const on = boxes.filter(function (b) { return b.box.checked; })
        .map(function (b) { return b.box.value; });
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !on.includes(row.dataset.severity) ||
          !words.every(function (word) { return text.includes(word); });
        shown += row.hidden ? 0 : 1;
      }
      said.textContent = shown === rows.length ? '' : number(shown) + ' of ' +
        number(rows.length) + ' shown';
    }
    function reset() {
      search.value = '';
      boxes.forEach(function (b) { b.box.checked = true; });
      apply();
    }
    search.addEventListener('input', apply);
    boxes.forEach(function (b) { b.box.addEventListener('change', apply); });
    section.querySelector('.scroll').before(make('div', {'class': 'filter'},
      [search, ...boxes.map(function (b) { return b.label; }), said]));
    for (const problem of subject.querySelectorAll('.problems li')) {
      if (!rows.some(function (row) { return row.dataset.rule === problem.dataset.rule; })) {
        continue; /* all of them are counted only */
      }
      const button = make('button', {type: 'button'}, ['show only these']);
      button.addEventListener('click', function () {
        reset();
        search.value = problem.dataset.rule;
        apply();
        section.scrollIntoView();
        search.focus();
      });
      problem.querySelector('.count').after(' ', button);
    }
    return reset;
  }

  /* ---- the facts ---- */

  const TITLES = {bytes: 'Size', column_names: 'Columns', columns: 'Columns', crlf: 'CR LF',
    lf: 'LF', cr: 'CR', crcrlf: 'CR CR LF', is_permanent: 'Permanent', by: 'Decided by',
    repaired: 'The first repairs of each kind'};
  const ELSEWHERE = ['file', 'folder', 'valid', 'errors', 'warnings', 'infos', 'rules', 'findings',
    'findings_dropped', 'slice_files'];

  function titleOf(key) {
    const words = key.replace(/_/g, ' ');
    return TITLES[key] || words.charAt(0).toUpperCase() + words.slice(1);
  }
  function isEmpty(value) {
    return value === null || value === '' || (typeof value === 'object' &&
      Object.keys(value).length === 0);
  }
  function isPlain(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  }
  function withoutZeros(facts) {
    return Object.fromEntries(Object.entries(facts).filter(function (pair) { return pair[1] !== 0; }));
  }
  function valueOf(key, value) {
    if (typeof value === 'number') {
      return /^bytes/.test(key) ? size(value) : number(value);
    }
    if (typeof value === 'boolean') {
      return value ? 'yes' : 'no';
    }
    if (isEmpty(value)) {
      return '\u2013';
    }
    if (key === 'before' || key === 'after') {
      return make('code', {'class': 'excerpt'}, [value]);
    }
    if (Array.isArray(value) && typeof value[0] !== 'object') {
      return value.slice(0, 200).map(visible).join(', ') +
        (value.length > 200 ? ' \u2026 ' + number(value.length) + ' in all' : '');
    }
    if (Array.isArray(value)) {
      return tableOf(value);
    }
    return typeof value === 'object' ? listOf(value) : value;
  }
  function listOf(facts) {
    const list = make('dl');
    for (const key of Object.keys(facts)) {
      const value = isPlain(facts[key]) ? withoutZeros(facts[key]) : facts[key];
      const twice = key === 'columns' && typeof value === 'number' && facts.column_names;
      if (!ELSEWHERE.includes(key) && !isEmpty(value) && value !== 0 && !twice) {
        list.append(make('dt', {}, [titleOf(key)]), make('dd', {}, [valueOf(key, value)]));
      }
    }
    return list;
  }
  function tableOf(items) {
    const keys = Object.keys(items[0]).filter(function (key) {
      return !ELSEWHERE.includes(key) && items.some(function (item) { return !isEmpty(item[key]); });
    });
    const head = make('tr', {}, keys.map(function (key) {
      return make('th', {scope: 'col'}, [titleOf(key)]);
    }));
    const rows = items.slice(0, 1000).map(function (item) {
      return make('tr', {}, keys.map(function (key) {
        return make('td', typeof item[key] === 'number' ? {'class': 'number'} : {},
          [valueOf(key, item[key] === undefined ? null : item[key])]);
      }));
    });
    return make('div', {'class': 'scroll'}, [make('table', {},
      [make('thead', {}, [head]), make('tbody', {}, rows)])]);
  }

  /* ---- the slices ---- */

  const SLICES = 500;

  function sliceOf(slice, largest) {
    const bar = make('i', {'aria-hidden': 'true'});
    bar.style.width = 100 * slice.file_bytes / largest + '%';
    return make('li', {}, [bar, make('bdi', {}, [slice.name]),
      make('span', {}, [size(slice.file_bytes) + (slice.records === null ? ', not judged' :
        ', ' + count(slice.records, 'record'))])]);
  }
  /* The bar of the largest slice is as long as the line. */
  function slicesOf(table) {
    const slices = table.slice_files || [];
    const sizes = slices.map(function (slice) { return slice.file_bytes; });
    const largest = sizes.reduce(function (a, b) { return Math.max(a, b); }, 1);
    const least = sizes.reduce(function (a, b) { return Math.min(a, b); }, largest);
    const sum = sizes.reduce(function (a, b) { return a + b; }, 0);
    return slices.length === 0 ? [] : [make('section', {'class': 'slices'}, [
      make('h4', {}, [make('bdi', {}, ['out/tables/' + table.source])]),
      make('p', {'class': 'shown'}, [count(slices.length, 'slice') + ', ' + size(sum) +
        ' as stored' + (slices.length > 1 ? ': ' + size(least) + ' to ' + size(largest) + ' each' : '') +
        (slices.length > SLICES ? '; the first ' + number(SLICES) + ' are shown' : '') + '.']),
      make('ol', {'class': 'bars'}, slices.slice(0, SLICES).map(function (slice) {
        return sliceOf(slice, largest);
      }))])];
  }
  function allSlicesOf(tables) {
    const parts = tables.flatMap(slicesOf);
    return parts.length === 0 ? [] : [make('h3', {}, ['Slices']), ...parts];
  }

  /* ---- the columns ---- */

  const PROFILES = 500;

  /* A number of which all digits are known, or about it: JSON holds them all, a script 15. */
  function amount(n) {
    const text = n.toLocaleString('en-US', {maximumFractionDigits: 20});
    return text.replace(/[^0-9]/g, '').length <= 15 ? text : 'about ' + n.toPrecision(15);
  }
  function share(part, all) {
    const percent = 100 * part / all;
    return part > 0 && percent < 0.1 ? 'less than 0.1 %' :
      part < all && percent > 99.9 ? 'more than 99.9 %' : Math.round(percent * 10) / 10 + ' %';
  }
  function barsOf(title, list, all) {
    const items = list.most.map(function (item) {
      const exact = item.count !== undefined;
      const times = exact ? item.count : item.at_most;
      const bar = make('i', {'aria-hidden': 'true'});
      bar.style.width = 100 * Math.min(1, times / all) + '%';
      return make('li', {}, [bar, make('bdi', {}, [item.value, item.bytes ? '\u2026' : '']),
        make('span', {}, [(exact ? '' : 'at most ') + number(times)])]);
    });
    return items.length === 0 ? [] : [make('h5', {}, [title]), make('ol', {'class': 'bars'}, items)];
  }
  function spanOf(column) {
    const of = column.numbers || column.moments;
    if (of) {
      const show = column.numbers ? amount : String;
      return [['Least', show(of.least)], ['Greatest', show(of.greatest)],
        ...(column.numbers ? [['Mean', amount(of.mean)]] : [])];
    }
    return column.values === 0 ? [] : [['Least', column.least], ['Greatest', column.greatest]];
  }
  function lengthOf(characters) {
    const s = characters.shortest, l = characters.longest;
    return s === l ? count(s, 'character') :
      number(s) + ' to ' + count(l, 'character') + ', ' + characters.mean + ' on average';
  }
  function profileOf(column) {
    const all = column.values + column.empty;
    const pairs = [['Type', column.type + (column.length ? ' (' + column.length + ')' : '')],
      ['Filled', all === 0 ? '\u2013' : share(column.values, all) + ': ' + number(column.values) +
        ' of ' + number(all)],
      ['Different', (column.distinct.exact ? '' : 'about ') + number(column.distinct.count)],
      ...spanOf(column), ...(column.characters ? [['Length', lengthOf(column.characters)]] : [])];
    const list = make('dl', {}, pairs.flatMap(function (pair) {
      return [make('dt', {}, [pair[0]]), make('dd', {}, [make('bdi', {}, [pair[1]])])];
    }));
    return make('section', {'class': 'profile'}, [
      make('h4', {}, [make('bdi', {}, [column.name === null ? 'column_' + column.field : column.name])]),
      list, ...barsOf('Most frequent values', column.frequent, column.values),
      ...barsOf('Shapes: 9 is a digit, A and a are letters, ? is beyond ASCII', column.shapes,
        column.values)]);
  }
  function profilesOf(columns) {
    const shown = columns.slice(0, PROFILES);
    return [make('h3', {}, [count(columns.length, 'column')]),
      make('div', {'class': 'profiles'}, shown.map(profileOf)),
      ...(shown.length < columns.length ? [make('p', {'class': 'shown'}, ['The first ' +
        number(PROFILES) + ' of ' + count(columns.length, 'column') + ' are shown.'])] : [])];
  }
  function isProfiled(key, value) {
    return key === 'columns' && value[0].distinct !== undefined;
  }

  function putFacts(subject, facts) {
    const plain = {}, tables = [];
    for (const key of Object.keys(facts)) {
      const value = facts[key];
      if (Array.isArray(value) && typeof value[0] === 'object' && isProfiled(key, value)) {
        tables.push(...profilesOf(value));
      } else if (key === 'stats') {
        tables.push(...profilesOf(value.columns));
      } else if (Array.isArray(value) && typeof value[0] === 'object') {
        tables.push(make('h3', {}, [titleOf(key)]), tableOf(value), ...allSlicesOf(value));
      } else {
        plain[key] = value;
      }
    }
    const box = subject.querySelector('.known');
    const list = listOf(plain);
    if (list.childElementCount !== 0) {
      box.append(make('h3', {}, [facts.folder ? 'The folder' : 'The file']), list);
    }
    box.append(...tables);
  }

  /* ---- the page ---- */

  const resets = new Map();
  /* A link to a row that the filter hides shows all rows first. */
  function jump() {
    const row = document.getElementById(location.hash.slice(1));
    if (row === null || row.tagName !== 'TR') {
      return;
    }
    if (row.hidden && resets.has(row.closest('.subject'))) {
      resets.get(row.closest('.subject'))();
    }
    row.focus({preventScroll: true});
    row.scrollIntoView({block: 'center'});
  }
  function putIndex(subjects) {
    if (subjects.length < 2) {
      return;
    }
    const items = subjects.map(function (subject) {
      return make('li', {}, [make('a', {href: '#' + subject.id},
        [subject.querySelector('h2').textContent]), ' ',
        subject.querySelector('.verdict').textContent]);
    });
    document.querySelector('main').prepend(make('nav', {'class': 'subject files',
      'aria-label': 'Files'}, [make('h2', {}, [count(subjects.length, 'file')]),
      make('ul', {}, items)]));
  }

  const subjects = [...document.querySelectorAll('.subject')];
  for (const subject of subjects) {
    const text = subject.querySelector('script.facts');
    if (text === null) {
      continue; /* it was not judged */
    }
    const facts = JSON.parse(text.textContent);
    const rows = [...subject.querySelectorAll('.findings tbody tr')];
    putStrips(subject, facts, rows);
    resets.set(subject, putFilter(subject, rows));
    putFacts(subject, facts);
  }
  putIndex(subjects);
  window.addEventListener('hashchange', jump);
  jump();
}());
