/**
 * Requests as browsers and other programs send them: `what | method and path | headers`. A header is `name=value`, where
 * `site`, `mode` and `dest` stand for the headers `sec-fetch-…`, `CANCEL` and `STATUS` for paths with a job's id, `OWN` and
 * `EVIL` for origins, and `FIREFOX` for a browser's `User-Agent`.
 */
export const passing = `
  curl | GET STATUS |
  curl that cancels by link | GET CANCEL | user-agent=curl/8.5.0 accept=*/*
  Node's fetch that cancels by link | GET CANCEL | user-agent=node mode=cors
  curl that posts | POST /download_file |
  curl with the own origin | POST /download_file | origin=OWN
  the reference that sends a request | POST /preview | site=same-origin mode=cors dest=empty origin=OWN
  the reference that cancels | GET CANCEL | site=same-origin mode=cors dest=empty referer=OWN/docs
  the reference over plain HTTP | GET CANCEL | FIREFOX referer=OWN/docs
  a client with its own Referer | POST /download_file | referer=OWN/docs
  a page of an allowed origin, by its Referer | POST /download_file | FIREFOX referer=https://app.example.org/x
  a link to a status over plain HTTP | GET STATUS | FIREFOX accept=text/html referer=EVIL/
  wget that cancels by link | GET CANCEL | user-agent=Wget/1.21 accept=*/* accept-encoding=identity
  undici that cancels by link | GET CANCEL | user-agent=undici accept=*/* accept-language=* mode=cors
  an own script | GET /docs | site=same-origin mode=no-cors dest=script
  the address bar | GET / | FIREFOX site=none mode=navigate dest=document
  the address bar, cancelling | GET CANCEL | FIREFOX site=none mode=navigate dest=document
  a link to the home page | GET / | FIREFOX site=cross-site mode=navigate dest=document
  a link to the reference | GET /docs | FIREFOX site=cross-site mode=navigate dest=document
  a link to an explanation | GET /problems/not_found | FIREFOX site=cross-site mode=navigate dest=document
  a link to a status | GET STATUS | FIREFOX site=cross-site mode=navigate dest=document
  a link to an unknown path | GET /nothing | FIREFOX site=cross-site mode=navigate dest=document
  a link of a sibling site | GET /docs | FIREFOX site=same-site mode=navigate dest=document
  HEAD of a link | HEAD /docs | site=cross-site mode=navigate dest=document
  a prefetch of a page | GET /docs | site=none mode=navigate dest=document sec-purpose=prefetch
  an allowed origin | POST /download_file | site=cross-site origin=https://app.example.org
  an allowed origin that cancels | GET CANCEL | site=cross-site origin=https://app.example.org
  an allowed page in development | POST /download_file | site=same-site origin=http://localhost:5173`

export const refused = `
  a link that cancels | GET CANCEL | site=cross-site mode=navigate dest=document
  a link of a sibling site that cancels | GET CANCEL | site=same-site mode=navigate dest=document
  an image that cancels | GET CANCEL | site=cross-site mode=no-cors dest=image
  an image of a sibling site | GET CANCEL | site=same-site mode=no-cors dest=image
  a frame | GET / | site=cross-site mode=navigate dest=iframe
  a frame with the reference | GET /docs | site=cross-site mode=navigate dest=frame
  an object | GET / | site=cross-site mode=navigate dest=object
  an embed | GET / | site=cross-site mode=navigate dest=embed
  a script | GET STATUS | site=cross-site mode=no-cors dest=script
  a style sheet | GET /metrics | site=cross-site mode=no-cors dest=style
  a font | GET /openapi.json | site=cross-site mode=cors dest=font
  a video | GET STATUS | site=cross-site mode=no-cors dest=video
  a worker | GET STATUS | site=cross-site mode=same-origin dest=worker
  a ping | POST /download_file | site=cross-site mode=no-cors dest=empty
  fetch without CORS | GET STATUS | site=cross-site mode=no-cors dest=empty
  fetch of the metrics | GET /metrics | site=cross-site mode=cors origin=EVIL
  fetch of the health | GET /health/live | site=cross-site mode=cors origin=EVIL
  fetch of the OpenAPI document | GET /openapi.json | site=cross-site mode=cors origin=EVIL
  fetch of a status in an old browser | GET STATUS | FIREFOX origin=EVIL
  a WebSocket | GET / | site=cross-site mode=websocket origin=EVIL
  an image of an unknown path | GET /nothing | site=cross-site mode=no-cors dest=image
  a new value | GET STATUS | site=somewhere
  a value in capitals | GET STATUS | site=Cross-Site
  an empty value | GET STATUS | site=
  a list of values | GET STATUS | site=same-origin,cross-site
  a navigation with a body | POST /download_file | site=cross-site mode=navigate dest=document
  a form | POST /download_file | site=cross-site mode=navigate dest=document origin=EVIL
  a form that previews | POST /preview | site=cross-site mode=navigate dest=document origin=EVIL
  a form that cancels | POST CANCEL | site=cross-site mode=navigate dest=document origin=EVIL
  a form in an old browser | POST /download_file | FIREFOX origin=EVIL
  a form of a sandbox | POST /download_file | site=cross-site mode=navigate dest=document origin=null
  a form of a local file | POST /download_file | FIREFOX origin=null
  a form of a sibling site | POST /download_file | site=same-site origin=http://other.localhost:3000
  another port | POST /download_file | origin=http://localhost:3001
  no port | POST /download_file | origin=http://localhost
  another name of this machine | POST /download_file | origin=http://127.0.0.1:3000
  a longer name | POST /download_file | origin=http://localhost:3000.evil.example
  a longer port | POST /download_file | origin=http://localhost:30001
  the own host as userinfo | POST /download_file | origin=http://localhost:3000@evil.example
  another host as userinfo | POST /download_file | origin=http://evil.example@localhost:3000
  another scheme | POST /download_file | origin=ftp://localhost:3000
  an extension | POST /download_file | origin=chrome-extension://localhost:3000
  a file | POST /download_file | origin=file://
  an empty Origin | POST /download_file | origin=
  no URL | POST /download_file | origin=localhost:3000
  a list that begins with the own one | POST /download_file | origin=OWN,EVIL
  a list that begins with an allowed one | POST /download_file | origin=https://app.example.org,EVIL
  a foreign Origin, said to be the same | POST /download_file | site=same-origin mode=cors origin=EVIL
  the own Origin, said to be another | POST /download_file | site=cross-site origin=OWN
  an allowed origin's other port | POST /download_file | origin=https://app.example.org:8443
  an allowed origin over plain HTTP | POST /download_file | origin=http://app.example.org
  a subdomain of an allowed origin | POST /download_file | origin=https://x.app.example.org
  a suffix of an allowed origin | POST /download_file | origin=https://app.example.org.evil.example
  an allowed origin with a slash | POST /download_file | origin=https://app.example.org/
  an image of an allowed origin | GET CANCEL | site=cross-site mode=no-cors dest=image
  a prefetch that cancels | GET CANCEL | site=none mode=navigate dest=document sec-purpose=prefetch
  a prerendering that cancels | GET CANCEL | site=none mode=navigate dest=document sec-purpose=prefetch;prerender
  a prefetch of an old browser | GET CANCEL | FIREFOX x-moz=prefetch
  a preview of an old browser | GET CANCEL | FIREFOX purpose=preview
  an image without a site | GET CANCEL | site=none mode=no-cors dest=image
  a frame without a site | GET CANCEL | site=none mode=navigate dest=iframe
  an image over plain HTTP | GET CANCEL | FIREFOX referer=EVIL/
  an image over plain HTTP without Referer | GET CANCEL | FIREFOX
  a browser of another name, by what it accepts | GET CANCEL | user-agent=Lynx/2.9 accept=text/html,*/*
  an image in a browser of another name | GET CANCEL | user-agent=x accept=image/avif,*/*
  a browser of another name, by its language | GET CANCEL | user-agent=x accept-language=de
  a browser without a name, in a tab | GET CANCEL | upgrade-insecure-requests=1
  a browser without a name, by its hints | GET CANCEL | sec-ch-ua="X"
  an image of a browser without a site | GET CANCEL | mode=no-cors dest=image
  a form in a browser without Origin | POST /download_file | FIREFOX referer=EVIL/
  a form in a browser without a name | POST /download_file | referer=EVIL/page
  a preview in a browser without Origin | POST /preview | referer=EVIL/
  a form that cancels without Origin | POST CANCEL | referer=EVIL/
  a Referer with the own host as user | POST /download_file | referer=http://localhost:3000@evil.example/
  a Referer on another port | POST /download_file | referer=http://localhost:3001/
  a Referer that is no URL | POST /download_file | referer=evil
  an empty Referer | POST /download_file | referer=
  a preview of a chat, by its Referer | GET CANCEL | user-agent=bot referer=https://chat.example/`
