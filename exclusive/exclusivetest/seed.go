package exclusivetest

import "time"

// The number of PortSIP's documentation, letter for letter. Its list claims a hundred numbers and has one.
const (
	seedID     = "NzAwNTUxOTA5NzczMTQ4MTYw"
	seedNumber = `{
"id": "NzAwNTUxOTA5NzczMTQ4MTYw",
"number": "text",
"created_at": "2017-07-21T17:32:28Z",
"enabled": true,
"description": "text"
}`
	seedList = `{
"count": 100,
"items": [
` + seedNumber + `
]
}`
)

var seedCreated = time.Date(2017, 7, 21, 17, 32, 28, 0, time.UTC)
