"""What a scan finds in source code of each language, and what it does not take for a call."""

from textwrap import dedent

import pytest

from legacygrid.migration.scan.files import SourceFile
from legacygrid.migration.scan.one_file import scan_file


def find(path: str, source: str) -> list[str]:
    """What is found, as `line rule name task`."""
    found = scan_file(SourceFile(path, dedent(source)))
    return [
        " ".join(filter(None, (str(each.place.line), each.rule.id, each.name, each.task, "#" * each.in_comment)))
        for each in sorted(found.found)
        if each.rule.id != "v2-credentials"
    ]


CODE = {
    "php: a URL, with and without task": (
        "a.php",
        """\
        <?php
        $ch = curl_init('https://api.sendgrid.com/apiv2/customer.profile.json?task=get');
        file_get_contents("https://sendgrid.com/api/mail.send.json?$query");
        """,
        ["2 v2-call customer.profile get", "3 v2-call mail.send"],
    ),
    "php: a constant, and a variable in a text": (
        "a.php",
        """\
        <?php
        define('BASE', 'https://sendgrid.com/');
        class A {
            const PATH = 'apiv2/';
            function call($action) {
                return get(BASE . self::PATH . "customer.$action.json");
            }
        }
        """,
        ["6 v2-call-at-run-time customer.{action}"],
    ),
    "php: sprintf, and a name that is one of two": (
        "a.php",
        """\
        <?php
        $url = sprintf('%s/apiv2/%s.json', $host, 'customer.add');
        $url = 'https://sendgrid.com/apiv2/customer.' . ($on ? 'enable' : 'disable') . '.json';
        """,
        ["2 v2-call customer.add", "3 v2-call-at-run-time customer.{...}"],
    ),
    "php: a here-document, a shell command and escaped slashes": (
        "a.php",
        """\
        <?php
        $json = '{"url": "https:\\/\\/sendgrid.com\\/api\\/mail.send.json"}';
        $text = <<<END
        POST https://sendgrid.com/api/bounces.get.xml
        END;
        """,
        ["2 v2-call mail.send", "4 trap-xml bounces.get", "4 v2-call bounces.get"],
    ),
    "ruby: interpolation, joined texts, a method's argument": (
        "a.rb",
        """\
        BASE = "https://api.sendgrid.com/apiv2"
        def query(action, params)
          get("#{BASE}/customer.#{action}.json", params)
        end
        query 'add', api_user: user
        query('disable', user: name)
        url = BASE + '/customer.' + kind + '.xml'
        """,
        [
            "1 v2-base-url",
            "3 v2-call-at-run-time customer.{action}",
            "7 trap-xml customer.{kind}",
            "7 v2-call-at-run-time customer.{kind}",
        ],
    ),
    "ruby: a heredoc and a backquoted command": (
        "Rakefile",
        """\
        `curl https://sendgrid.com/api/stats.get.json -d api_user=x`
        sql = <<~END
          https://sendgrid.com/api/blocks.delete.json
        END
        """,
        ["1 v2-call stats.get", "3 v2-call blocks.delete"],
    ),
    "python: f-strings, %, format, tasks of a call": (
        "a.py",
        """\
        HOST = "https://api.sendgrid.com"
        def one(name):
            return requests.post(f"{HOST}/apiv2/customer.enable.json", data={"user": name})
        def two(name):
            requests.post("%s/apiv2/customer.limit.json" % HOST, data={"task": "increment"})
            requests.post("{}/apiv2/{}.json".format(HOST, "customer.parse"), data=dict(task="set"))
        """,
        ["3 v2-call customer.enable", "5 v2-call customer.limit increment", "6 v2-call customer.parse set"],
    ),
    "python: a wrapper, and the names that it is called with": (
        "a.py",
        """\
        class Client:
            def call(self, operation, **params):
                return requests.post(f"{self.url}/apiv2/{operation}.json", data=params)
            def names(self):
                return self.call("customer.profile", task="get")
            def rename(self, name, new):
                params = {"task": "setUsername"}
                self.call("customer.profile", user=name, username=new, **params)
        """,
        [
            "3 v2-call-at-run-time {operation}",
            "5 v2-call customer.profile get",
            "8 v2-call customer.profile setUsername",
        ],
    ),
    "python: a docstring and a comment are no calls": (
        "a.py",
        '''\
        def call():
            """Calls https://api.sendgrid.com/apiv2/customer.add.json."""
            # before: https://sendgrid.com/api/mail.send.json
            return post("https://sendgrid.com/api/unsubscribes.add.json")
        ''',
        ["2 v2-call customer.add #", "3 v2-call mail.send #", "4 v2-call unsubscribes.add"],
    ),
    "javascript: templates, joined texts, a header": (
        "a.js",
        """\
        const base = 'https://api.sendgrid.com/api/';
        // https://api.sendgrid.com/api/mail.send.json
        const send = (x) => request(`${base}mail.send.json`, x);
        const other = (module, action) => request(base + module + '.' + action + '.json');
        """,
        ["1 v2-base-url", "2 v2-call mail.send #", "3 v2-call mail.send", "4 v2-call-at-run-time {module}.{action}"],
    ),
    "typescript, and tsx": (
        "a.tsx",
        """\
        export const url = (op: string): string => `https://sendgrid.com/apiv2/${op}.json`;
        const a = <A href={url('customer.geturl')}/>;
        """,
        ["1 v2-call-at-run-time {op}", "2 v2-call customer.geturl"],
    ),
    "java: a field, format, joined texts": (
        "A.java",
        """\
        class A {
          static final String BASE = "https://api.sendgrid.com/apiv2/";
          String a(String op) { return BASE + "customer.delete" + ".json"; }
          String b(String op) { return String.format("%s/api/%s.json", "https://sendgrid.com", op); }
          /* https://sendgrid.com/api/mail.send.json */
        }
        """,
        ["2 v2-base-url", "3 v2-call customer.delete", "4 v2-call-at-run-time {op}", "5 v2-call mail.send #"],
    ),
    "kotlin has no parser: lines": (
        "a.kt",
        """\
        const val BASE = "https://api.sendgrid.com/apiv2"
        fun call(op: String) = get("$BASE/customer.$op.json")
        fun add() = get("${BASE}/customer.add.json")
        """,
        ["1 v2-base-url", "2 v2-call-at-run-time customer.{op}", "3 v2-call customer.add"],
    ),
    "c#": (
        "A.cs",
        """\
        class A {
          const string Base = "https://api.sendgrid.com/apiv2/";
          string F(string op) => $"{Base}customer.{op}.json";
          string G() => Base + @"customer.auth.json";
        }
        """,
        ["2 v2-base-url", "3 v2-call-at-run-time customer.{op}", "4 v2-call customer.auth"],
    ),
    "go": (
        "a.go",
        """\
        package a
        const base = "https://api.sendgrid.com/apiv2/"
        func call(op string) string { return fmt.Sprintf("%scustomer.%s.json", base, op) }
        func add() string { return base + `customer.add.json` }
        """,
        ["2 v2-base-url", "3 v2-call-at-run-time customer.{op}", "4 v2-call customer.add"],
    ),
    "shell: a function, options, a here-document": (
        "a.sh",
        """\
        BASE=https://sendgrid.com/apiv2
        sg() { curl -f "$BASE/$1.json" -d api_user="$USER" "${@:2}"; }
        sg customer.apps -d task=activate
        sg customer.disable
        curl -d @- https://api.sendgrid.com/api/filter.setup.json <<END
        name=footer
        END
        """,
        [
            "1 v2-base-url",
            "2 v2-call-at-run-time {1}",
            "3 v2-call customer.apps activate",
            "4 v2-call customer.disable",
            "5 v2-call filter.setup",
        ],
    ),
    "php: a base that the constructor sets, and a prefix with a default": (
        "a.php",
        """\
        <?php
        class A {
            function __construct() { $this->base = 'http' . '://' . 'sendgrid.com'; }
            function call($module, $action, $args = array(), string $prefix = '/apiv2/') {
                $url = $this->base . $prefix . $module . '.' . $action . '.json';
                return get($this->other . $prefix . "customer.$action.json");
            }
            function local() { $path = '/apiv2/'; }
            function of_another() { return get($path . 'customer.add'); }
        }
        """,
        [
            "5 v2-call-at-run-time {module}.{action}",
            "6 v2-call-at-run-time customer.{action}",
            "9 v2-call customer.add",
        ],
    ),
    "a default that is a word": (
        "a.php",
        """\
        <?php
        function call($host, $action = 'add') { return get("$host/apiv2/customer.$action.json"); }
        """,
        ["2 v2-call-at-run-time customer.{action}"],
    ),
    "shell: words without quotes": (
        "a.sh",
        """\
        SG=http://sendgrid.com
        call() { curl -s -d "$2" $SG/apiv2/customer.$1.json; }
        curl -s -d user=x $OTHER/apiv2/customer.$OP.json
        curl -s $SG/apiv2/$1.json
        op=delete; curl -s $SG/apiv2/customer.$op.json
        """,
        [
            "2 v2-call-at-run-time customer.{1}",
            "3 v2-call-at-run-time customer.{OP}",
            "4 v2-call-at-run-time {1}",
            "5 v2-call customer.delete",
        ],
    ),
    "a program without a suffix": (
        "bin/sync",
        "#!/usr/bin/env python3\nget('https://sendgrid.com/api/' + 'profile.get' + '.json')\n",
        ["2 v2-call profile.get"],
    ),
    "perl has no parser: lines": (
        "a.pl",
        """\
        # https://sendgrid.com/api/mail.send.json
        my $r = $ua->post("https://sendgrid.com/api/mail.send.$format", [@form]);
        """,
        ["1 v2-call mail.send #", "2 v2-call mail.send"],
    ),
    "configuration": (
        "app.yml",
        """\
        sendgrid:
          # url: https://sendgrid.com/api/profile.get.json
          url: https://sendgrid.com/api/{action}.json
          base: "https://api.sendgrid.com/apiv2/"
          send: 'https://api.sendgrid.com/api/mail.send.json'
        """,
        [
            "2 v2-call profile.get #",
            "3 v2-call-at-run-time {action}",
            "4 v2-base-url",
            "5 v2-call mail.send",
        ],
    ),
    "what was no operation": (
        "a.py",
        "get('https://api.sendgrid.com/apiv2/customer.rename.json')\n",
        ["1 v2-unknown-call customer.rename"],
    ),
}


@pytest.mark.parametrize(("path", "source", "found"), CODE.values(), ids=list(CODE))
def test_calls_are_found(path: str, source: str, found: list[str]) -> None:
    assert find(path, source) == found


NO_CALLS = {
    "v3": ("a.py", "KEY = 'SG.x'\nurl = 'https://api.sendgrid.com/v3/mail/send'\nscopes = ['mail.send']\n"),
    "another service's path": ("a.js", "fetch('/api/profile'); fetch('https://example.com/api/users.json')"),
    "an event, a translation": ("a.js", "emitter.on('customer.add', f); t('customer.delete'); // sendgrid"),
    "a template and a method": ("a.py", "render(customer.profile)\nself.customer.add(x)\nsend('bounces.get it')\n"),
    "another service's credentials": (
        "a.py",
        "post('https://api.smtps.jp/transaction/v2/blocks/list.json', api_user=u)",
    ),
    "a host with these words": ("a.sh", "curl https://mail.send.example.com/customer.add/\n"),
}


@pytest.mark.parametrize(("path", "source"), NO_CALLS.values(), ids=list(NO_CALLS))
def test_what_is_no_call_is_not_found(path: str, source: str) -> None:
    found = scan_file(SourceFile(path, source))
    assert (found.found, found.doubtful, found.has_evidence) == ([], [], False)


def test_names_are_narrowed_by_what_a_hole_may_be() -> None:
    source = """\
    BASE = 'https://sendgrid.com/apiv2/customer.'
    def switch(on):
        return get(BASE + ('website_enable' if on else 'website_disable') + '.json')
    def call(action):
        return get(f'{BASE}{action}.json')
    call('add')
    call('delete')
    def turn(on):
        action = 'enable' if on else 'disable'
        return get(f'{BASE}{action}.json')
    """
    found = [each.candidates for each in scan_file(SourceFile("a.py", dedent(source))).found if each.candidates]
    assert found == [
        ("customer.website_enable", "customer.website_disable"),
        ("customer.add", "customer.delete"),
        ("customer.enable", "customer.disable"),
    ]


def test_places_are_those_of_the_name_itself() -> None:
    source = "é = 1\nurl = ('https://sendgrid.com/'\n       'apiv2/customer.' + a + '.json')\n"
    (finding,) = scan_file(SourceFile("a.py", source)).found
    assert finding.place == ("a.py", 3, 15)


TRAPS = {
    "php: success, active and no status": (
        "a.php",
        """\
        <?php
        function off($n) {
            $r = json_decode(file_get_contents("https://sendgrid.com/apiv2/customer.disable.json?user=$n"), true);
            return $r['message'] == 'success' && $r['active'] === 'true';
        }
        """,
        ["3 trap-status", "4 trap-success", "4 trap-active"],
    ),
    "php: the status is looked at": (
        "a.php",
        """\
        <?php
        function off($ch) {
            curl_setopt($ch, CURLOPT_URL, 'https://sendgrid.com/apiv2/customer.disable.json');
            $body = json_decode(curl_exec($ch));
            return curl_getinfo($ch, CURLINFO_HTTP_CODE) == 200;
        }
        """,
        [],
    ),
    "ruby": (
        "a.rb",
        """\
        def add(params)
          r = JSON.parse(Net::HTTP.post_form(URI('https://sendgrid.com/apiv2/customer.add.json'), params).body)
          raise r['errors'] unless r['message'].eql?('success') # success
        end
        """,
        ["2 trap-status", "3 trap-success"],
    ),
    "python: XML": (
        "a.py",
        """\
        def get():
            r = requests.get("https://sendgrid.com/api/bounces.get.xml?api_user=a&api_key=b")
            r.raise_for_status()
            return ElementTree.fromstring(r.text)
        """,
        ["2 trap-secret-in-url", "2 trap-xml", "4 trap-xml"],
    ),
    "java: equals": (
        "A.java",
        """\
        class A { boolean f() {
          HttpResponse<String> r = client.send(req("https://sendgrid.com/api/mail.send.json"));
          return r.statusCode() == 200 && "success".equals(json(r).get("message"));
        } }
        """,
        ["3 trap-success"],
    ),
    "shell": (
        "a.sh",
        """\
        answer=$(curl -s https://sendgrid.com/apiv2/customer.enable.json -d user=ada | jq -r .message)
        [ "$answer" = success ] || exit 1
        """,
        ["1 trap-status", "2 trap-success"],
    ),
    "another function's traps are not this one's": (
        "a.js",
        """\
        const a = () => fetch('https://sendgrid.com/apiv2/customer.add.json');
        const b = (x) => JSON.parse(request(x)).state === 'success';
        """,
        [],
    ),
}


@pytest.mark.parametrize(("path", "source", "found"), TRAPS.values(), ids=list(TRAPS))
def test_traps_beside_calls_are_found(path: str, source: str, found: list[str]) -> None:
    assert [" ".join(each.split()[:2]) for each in find(path, source) if "trap" in each] == found


ANSWERS = {
    "each with the call that comes before it": (
        "a.py",
        """\
        r = call('profile.get', host='https://sendgrid.com/api/')
        print(r)
        r = call('mail.send.json')
        if r['message'] != 'success': exit(1)
        """,
        ["4 trap-success mail.send"],
    ),
    "two calls of a script": (
        "a.sh",
        """\
        curl -sf https://sendgrid.com/apiv2/profile.get.json
        curl -sf https://sendgrid.com/apiv2/customer.disable.json -d user=dora | grep -q success && echo off
        """,
        ["2 trap-success customer.disable"],
    ),
    "what a wrapper hands on": (
        "a.php",
        """\
        <?php
        function call($name) { return send("http://sendgrid.com/apiv2/$name.json"); }
        $r = call($x);
        if ($r['message'] == 'success') echo 1; // 'message' == 'success'
        if ('success' === $r->message) echo 2;
        foreach ($r as $s) if ($s['active'] == 'true') echo $s['username'];
        $state = array('message', 'success');
        if ($r['state'] == 'success') echo 3;
        """,
        ["4 trap-success", "5 trap-success", "6 trap-active"],
    ),
    "a body has no URL": (
        "a.php",
        """\
        <?php
        curl_setopt($ch, CURLOPT_URL, 'https://sendgrid.com/apiv2/customer.add.json');
        curl_setopt($ch, CURLOPT_POSTFIELDS, 'api_user=acme&api_key=x&user=bob');
        curl_setopt($ch, CURLOPT_HTTPHEADER, $h); curl_getinfo($ch, CURLINFO_HTTP_CODE);
        curl_setopt($ch, CURLOPT_URL, "https://sendgrid.com/apiv2/customer.add.json?api_user=$u&api_key=$p");
        """,
        ["5 trap-secret-in-url"],
    ),
    "nor has a script's": (
        "a.sh",
        """\
        curl -fs -d "api_user=$U&api_key=$P&user=bob" http://sendgrid.com/apiv2/customer.add.json
        A="api_user=acme&api_key=x"
        curl -fs "http://sendgrid.com/apiv2/customer.add.json?$A"
        """,
        ["3 trap-secret-in-url"],
    ),
}


@pytest.mark.parametrize(("path", "source", "found"), ANSWERS.values(), ids=list(ANSWERS))
def test_traps_are_told_where_they_are_with_their_call(path: str, source: str, found: list[str]) -> None:
    assert [each for each in find(path, source) if "trap-" in each and "status" not in each] == found


LOGINS = {
    "a field in code": ("a.rb", "post('https://sendgrid.com/api/mail.send.json', api_user: u, api_key: k)\n", ["v2-call", "v2-credentials"]),
    "smtp with a name and a password": (".env", "SMTP_HOST=smtp.sendgrid.net\nSMTP_USER=acme\n", ["v2-smtp-login"]),
    "smtp with a key": (".env", "SMTP_HOST=smtp.sendgrid.net\nSMTP_USER=apikey\n", []),
    "smtp in json": ("appsettings.json", '{"Smtp": {"Host": "smtp.sendgrid.net", "UserName": "acme"}}\n', ["v2-smtp-login"]),
}  # fmt: skip


@pytest.mark.parametrize(("path", "source", "rules"), LOGINS.values(), ids=list(LOGINS))
def test_logins_are_found(path: str, source: str, rules: list[str]) -> None:
    assert sorted(each.rule.id for each in scan_file(SourceFile(path, source)).found) == rules


#: A call whose `apiv2/` comes with an argument, by its file.
OPEN_PATHS = {
    "a.py": 'def call(path):\n    return post(f"https://api.sendgrid.com/{path}.json")\n',
    "b.py": 'def call(path):\n    return post(f"https://api.sendgrid.com{path}.xml")\n',
    "a.php": '<?php\nfunction call($path) { return get("https://api.sendgrid.com/$path.json"); }\n',
    "b.php": '<?php $a = ["api_user" => $u];\nfunction call($path) { return get("https://sendgrid.com/" . $path); }\n',
    "a.js": 'const base = "https://api.sendgrid.com";\nconst call = (path) => fetch(`${base}/${path}.json`);\n',
    "a.ts": 'const base = "https://api.sendgrid.com/";\nconst call = (path: string) => fetch(base + path + ".json");\n',
    "a.rb": 'BASE = "https://api.sendgrid.com"\ndef call(path) = get("#{BASE}/#{path}.json")\n',
    "a.go": 'package main\nfunc call(path string) { get(fmt.Sprintf("https://api.sendgrid.com/%s.json", path)) }\n',
    "A.java": 'class A {\nvoid call(String path) { get("https://api.sendgrid.com/" + path + ".json"); } }\n',
    "A.cs": 'class A {\nvoid Call(string path) { Get($"https://api.sendgrid.com/{path}.json"); } }\n',
    "a.sh": 'path=$1\ncurl "https://api.sendgrid.com/$path.json"\n',
    "a.yaml": "api:\n  url: https://api.sendgrid.com/{path}.json\n",
}


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_a_prefix_that_comes_with_an_argument(path: str) -> None:
    found = find(path, OPEN_PATHS[path])
    assert any(each.startswith("2 v2-call-at-run-time {") for each in found), found


def test_the_arguments_tell_the_operations() -> None:
    source = 'def call(path):\n    post(f"https://api.sendgrid.com/{path}.json")\ncall("apiv2/customer.add")\ncall("api/mail.send")\n'
    (built,) = [each for each in scan_file(SourceFile("a.py", source)).found if each.rule.id == "v2-call-at-run-time"]
    assert sorted(built.candidates) == ["customer.add", "mail.send"]
    assert find("a.py", source)[1:] == ["3 v2-call customer.add", "4 v2-call mail.send"]


OF_V3 = "get(f'https://api.sendgrid.com/{path}', headers={'Authorization': f'Bearer {key}'})\n"
#: The host without a sign of v2: what is said of it.
HOSTS = [
    ("a.py", OF_V3, []),
    ("a.py", "get(f'https://api.sendgrid.com/v3/{path}')\n", []),
    ("a.py", "def call(path):\n    get(f'https://api.sendgrid.com/{path}')\ncall('v3/stats')\n", []),
    ("a.json", '{"homepage": "https://sendgrid.com/"}\n', []),
    ("a.ini", "url = https://api.sendgrid.com\n", ["1 v2-host"]),
    ("a.ini", "host = sendgrid.com\nother=sendgrid.com\n", ["1 v2-host", "2 v2-host"]),
    ("a.php", "<?php define('SG_HOST', 'sendgrid.com');\n", ["1 v2-host"]),
    ("a.rb", "BASE = 'http://sendgrid.com'\n", ["1 v2-host"]),
    ("a.ini", "from = news@sendgrid.com\nsite = www.sendgrid.com\n", []),
    ("a.ini", "url = http://sendgrid.com/apiv2/\nnew = https://api.sendgrid.com\n", ["1 v2-base-url", "2 v2-host"]),
    ("a.py", "get(f'https://api.sendgrid.com/{path}')\n", ["1 v2-host"]),
    ("a.py", "BASE = 'https://api.sendgrid.com/'\nform = {'api_user': user}\n", ["1 v2-base-url"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "source", "told"), HOSTS)
def test_the_host_alone(path: str, source: str, told: list[str]) -> None:
    assert find(path, source) == told
