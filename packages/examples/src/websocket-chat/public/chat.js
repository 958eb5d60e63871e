const at = (id) => document.getElementById(id)
const [state, here, log, problem, join, say] = ['state', 'here', 'log', 'problem', 'join', 'say'].map(at)

/** How many lines are shown; older ones go. */
const MOST_LINES = 500
const FIRST_DELAY = 500
const LONGEST_DELAY = 15_000

let socket = null
/** The name to come back under; empty until it is ours. */
let name = ''
let delay = FIRST_DELAY

function connect() {
  show('connecting', 'Connecting…')
  const url = new URL('/chat', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  socket = new WebSocket(url)
  socket.addEventListener('open', opened)
  socket.addEventListener('message', ({ data }) => told(JSON.parse(data)))
  socket.addEventListener('close', closed)
}

function opened() {
  delay = FIRST_DELAY
  show('open', 'Connected')
  if (name !== '') send({ type: 'join', name })
}

function closed({ code }) {
  // A little chance in it, so that all pages do not come back at once.
  const wait = delay * (0.75 + Math.random() / 2)
  delay = Math.min(2 * delay, LONGEST_DELAY)
  show('closed', code === 1001 ? 'The server is stopping; trying again…' : 'No connection; trying again…')
  here.textContent = 'You are away.'
  setTimeout(connect, wait)
}

function told(message) {
  problem.hidden = true
  if (message.type === 'refused') refused(message.why)
  else if (message.type === 'said') write(message.name, message.text)
  else {
    here.textContent = message.here
    write(null, `${message.name} has ${message.type}`)
    if (message.type === 'joined' && message.name === wanted()) joined()
  }
}

function joined() {
  name = wanted()
  const first = say.hidden
  join.hidden = true
  say.hidden = false
  if (first) say.elements.text.focus()
}

function refused(why) {
  problem.textContent = why
  problem.hidden = false
  if (!say.hidden && !why.startsWith('You are')) {
    // Somebody has taken the name while we were away.
    name = ''
    say.hidden = true
    join.hidden = false
  }
  if (!join.hidden) join.elements.name.focus()
}

function write(who, text) {
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40
  const line = document.createElement('p')
  if (who === null) line.className = 'event'
  else {
    const speaker = document.createElement('b')
    speaker.textContent = who
    line.append(speaker)
    if (who === name) line.className = 'own'
  }
  line.append(text)
  log.append(line)
  while (log.children.length > MOST_LINES) log.firstChild.remove()
  if (follows) log.scrollTop = log.scrollHeight
}

function show(name, words) {
  state.dataset.state = name
  state.textContent = words
  for (const button of document.querySelectorAll('button')) button.disabled = name !== 'open'
}

function wanted() {
  return join.elements.name.value
}

function send(message) {
  socket.send(JSON.stringify(message))
}

join.addEventListener('submit', (event) => {
  event.preventDefault()
  if (socket.readyState === WebSocket.OPEN) send({ type: 'join', name: wanted() })
})

say.addEventListener('submit', (event) => {
  event.preventDefault()
  const { text } = say.elements
  if (socket.readyState !== WebSocket.OPEN || text.value.trim() === '') return
  send({ type: 'say', text: text.value })
  text.value = ''
})

connect()
