/** What `GET /` of the control endpoint says. */
export const CONTROL_HELP = `Control endpoint of a simulated Cloud Foundry. Bodies are JSON.

GET    /world                      what there is
POST   /world/deploy               {"name":"orders","space":"SPACE","instances":2,"routes":["orders.DOMAIN"]}
POST   /world/scale                {"app":"NAME or GUID","instances":3}
POST   /world/stop | start | delete  {"app":"orders"}
POST   /world/crash                {"app":"orders","index":0,"router":"unregistered"|"registered"}
POST   /world/recover              {"app":"orders","index":0}
POST   /world/set-instance         {"app":"orders","index":0,"state":"STARTING"}
POST   /world/set-behaviour        {"app":"orders","index":0,"behaviour":{"canned":{"status":500}}}
POST   /world/add-process          {"app":"orders","type":"worker","instances":1}
POST   /world/map-route            {"app":"orders","route":"shop.DOMAIN/api"}  or host, domain, path, port, processType, tcpPort
POST   /world/unmap-route          {"app":"orders","route":"shop.DOMAIN/api"}
POST   /world/delete-route         {"route":"shop.DOMAIN/api"}
POST   /world/share-route          {"route":"shop.DOMAIN/api","space":"SPACE"}
POST   /world/create-organization | create-space | create-domain
POST   /world/rename               {"kind":"application","resource":"orders","name":"shop"}
POST   /world/set-metadata         {"kind":"application","resource":"orders","annotations":{"prometheus.io/scrape":"true"}}
POST   /world/begin-deployment     {"app":"orders","maxInFlight":1,"strategy":"rolling"|"canary"}
POST   /world/advance-deployment | finish-deployment | cancel-deployment  {"app":"orders"}

GET    /faults                     those in force
POST   /faults                     {"kind":"scrape","app":"orders","index":0,"times":3,"action":{"type":"delay","delayMs":2000}}
DELETE /faults/ID, DELETE /faults

GET    /platform                   parts that are up or down
POST   /platform                   {"api":"maintenance"}
POST   /tokens/expire              all access tokens count as expired
POST   /tokens/revoke-refresh      all refresh tokens are unknown

GET    /requests                   how many, by kind
GET    /requests/recent            the last ones to API and UAA
POST   /requests/reset
`;
