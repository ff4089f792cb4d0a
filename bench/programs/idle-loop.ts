// An event loop on which nothing happens.

setInterval(() => {}, 3_600_000)
console.log('idle')
