// Rows by the FHIRPath engine of npm, on one thread, from JSON text: what ViewBenchmark does with HAPI's.
// Run by bench/views, which says in a file what ViewBenchmark printed; by hand:
// NODE_PATH=FOLDER/node_modules node bench/views.js VIEWS BUNDLES [FILE]
'use strict'
const fs = require('fs')
const path = require('path')
const zlib = require('zlib')
const fhirpath = require('fhirpath')
const r4 = require('fhirpath/fhir-context/r4')

const VIEWS = ['encounters', 'observations', 'patient_addresses', 'us_core_blood_pressures', 'us_core_patients']
const ROUNDS = 7
const ROUND_SECONDS = 0.5

function resources(folder) {
  const byType = new Map()
  for (const name of fs.readdirSync(folder).sort()) {
    if (!/\.json(\.gz)?$/.test(name)) continue
    const bytes = fs.readFileSync(path.join(folder, name))
    const bundle = JSON.parse(name.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes)
    for (const entry of bundle.entry || []) {
      const type = entry.resource.resourceType
      if (!byType.has(type)) byType.set(type, [])
      byType.get(type).push(JSON.stringify(entry.resource))
    }
  }
  return byType
}

// Keys, which this engine lacks, are ids and references here, as they are for HAPI.
function compiler(view) {
  const constants = {}
  for (const constant of view.constant || []) constants[constant.name] = constant.valueCode
  const known = new Map()
  return text => {
    if (!known.has(text)) {
      const plain = text.replace(/getResourceKey\(\)/g, 'id').replace(/\.getReferenceKey\([A-Za-z]*\)/g, '.reference')
      const compiled = fhirpath.compile(plain, r4)
      known.set(text, focus => compiled(focus, constants))
    }
    return known.get(text)
  }
}

function product(left, right) {
  const rows = []
  for (const one of left) for (const other of right) rows.push(one.concat(other))
  return rows
}

function selections(all, focus, compile) {
  return (all || []).reduce((rows, each) => product(rows, selection(each, focus, compile)), [[]])
}

function selection(each, focus, compile) {
  const elements = each.forEach ? compile(each.forEach)(focus) : [focus]
  const rows = []
  for (const element of elements) {
    const own = (each.column || []).map(column => compile(column.path)(element))
    rows.push(...product([own], selections(each.select, element, compile)))
  }
  return rows
}

function rows(view, compile, text) {
  const resource = JSON.parse(text)
  for (const condition of view.where || []) {
    if (compile(condition.path)(resource)[0] !== true) return 0
  }
  return selections(view.select, resource, compile).length
}

const seconds = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1e6 }
// The rows a second of Andiron: | view | resources | rows | resources/s | rows/s | ...
function figures(file) {
  const speeds = new Map()
  for (const line of file ? fs.readFileSync(file, 'utf8').split('\n') : []) {
    const cells = line.split('|').map(cell => cell.trim())
    if (VIEWS.includes(cells[1])) speeds.set(cells[1], Number(cells[5].replace(/,/g, '')))
  }
  return speeds
}

const [views, bundles, file] = process.argv.slice(2)
const ours = figures(file)
const stored = resources(bundles)
console.log(`node ${process.version}, fhirpath ${fhirpath.version}, CPU time, medians of ${ROUNDS} rounds\n`)
console.log('| view | resources | rows | rows/s | Andiron rows/s to these |\n| --- | ---: | ---: | ---: | ---: |')
for (const name of VIEWS) {
  const view = JSON.parse(fs.readFileSync(path.join(views, name + '.json')))
  const compile = compiler(view)
  const all = stored.get(view.resource) || []
  const speeds = []
  let count = 0
  for (let round = -2; round < ROUNDS; round++) {
    const start = seconds()
    let passed = 0
    let end = start
    while (end - start < ROUND_SECONDS) {
      count = 0
      for (const text of all) count += rows(view, compile, text)
      passed += count
      end = seconds()
    }
    if (round >= 0) speeds.push(passed / (end - start))
  }
  speeds.sort((a, b) => a - b)
  const median = speeds[Math.floor(ROUNDS / 2)]
  const ratio = ours.has(name) ? (ours.get(name) / median).toFixed(1) : ''
  console.log(`| ${name} | ${all.length} | ${count} | ${Math.round(median).toLocaleString('en')} | ${ratio} |`)
}
