"""Where the simulator is right to leave Atlassian's documents, as patterns over findings, each with its reason.

"Measured" means that a public project published what a real site answered.
"""

KNOWN = [
    (r"^cloud-v1: \w+ /wiki/rest/api/(content|contentbody|space)\b.*: not in the document",
     "Cloud v1: the content, space and conversion calls that left the document, which some sites still answer"),
    (r"^cloud-v2: (PUT /pages/\{id\}|POST .*/properties|PUT .*/properties/.*) 409: status not in the document",
     "Cloud v2: the conflict that the document forgets; measured"),
    (r"^cloud-v2: POST /pages/N/labels 405: not in the document", "Cloud v2: labels are read-only there; measured"),
    (r"^cloud-v2: GET /pages.* 200: (results/\*/)?parent(Id|Type) None is not",
     "Cloud v2: no parent is null, for a page at the top or in the trash; measured"),
    (r"^cloud-v2: GET /spaces.* 200: (results/\*/)?(description|icon) None is not",
     "Cloud v2: a space without description and icon has null for them"),
    (r"^datacenter-.*: data/errors \[\] is not of type 'object'",
     "Data Center: a list of errors, which the document takes for an object; measured"),
    (r"^datacenter-.* (POST|PUT) /rest/api/content\S* (400|409): status not in the document",
     "Data Center: refused content, which the document forgets; measured"),
    (r"^datacenter-.* 401: status not in the document", "Data Center: wrong credentials are Tomcat's page; measured"),
    (r"^datacenter-.* GET /rest/api/content/\{id\}/child/attachment 200: status not in the document",
     "Data Center: the document says that reading the list answers 201"),
]
