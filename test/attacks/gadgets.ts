import { type Attack, attack } from './attack.ts'
import { calling } from './make-pickle.ts'

/** Functions that published advisories name: ids, module, name. Calling one of them while a pickle is loaded acts. */
const GADGETS = `
GHSA-655q-fx9r-782v+CVE-2025-1716+protectai/modelscan#263 pip main
GHSA-f7qq-56ww-84cr+CVE-2025-10157 asyncio.unix_events _UnixSubprocessTransport._start
GHSA-9726-w42j-3qjr io FileIO
GHSA-9726-w42j-3qjr _io FileIO
GHSA-9726-w42j-3qjr urllib.request urlopen
GHSA-9726-w42j-3qjr urllib.request urlretrieve
GHSA-9m3x-qqw2-h32h types CodeType
GHSA-m7j5-r2p5-c39r+CVE-2026-56304 logging FileHandler
GHSA-m7j5-r2p5-c39r+CVE-2026-56304 logging.handlers RotatingFileHandler
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 uuid _get_command_stdout
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 _osx_support _read_output
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 _osx_support _find_build_tool
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 _aix_support _read_cmd_output
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 imaplib IMAP4_stream
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 _pyrepl.pager pipe_pager
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 _pyrepl.pager tempfile_pager
GHSA-g38g-8gr9-h9xp+CVE-2026-56315 test.support.script_helper assert_python_ok
GHSA-vvpj-8cmc-gx39 pkgutil resolve_name
GHSA-7wx9-6375-f5wh profile run
GHSA-7wx9-6375-f5wh profile runctx
GHSA-84r2-jw7c-4r5q pydoc locate
GHSA-4675-36f9-wf6r ctypes CDLL
GHSA-vqmv-47xg-9wpr pty spawn
GHSA-m273-6v24-x4m4 distutils.file_util write_file
GHSA-r8g5-cgf2-4m4m numpy.f2py.crackfortran getlincoef
GHSA-r8g5-cgf2-4m4m numpy.f2py.crackfortran _eval_length
GHSA-hgrh-qx5j-jfwx ssl get_server_certificate
GHSA-5qwp-399c-mjwf trace Trace.run
GHSA-g344-hcph-8vgg trace Trace.runctx
GHSA-x696-vm39-cp64 profile Profile.run
GHSA-6vqj-c2q5-j97w profile Profile.runctx
GHSA-49gj-c84q-6qm9 cProfile run
GHSA-9w88-8rmg-7g2p cProfile runctx
GHSA-f54q-57x4-jg88 lib2to3.pgen2.grammar Grammar.loads
GHSA-p9w7-82w4-7q8m lib2to3.pgen2.pgen ParserGenerator.make_label
GHSA-3vg9-h568-4w9m idlelib.debugobj ObjectTreeItem.SetText
GHSA-6w4w-5w54-rjvr idlelib.autocomplete AutoComplete.get_entity
GHSA-7cq8-mj8x-j263 idlelib.autocomplete AutoComplete.fetch_completions
GHSA-8r4j-24qv-fmq9 idlelib.calltip Calltip.fetch_tip
GHSA-9xph-j2h6-g47v idlelib.calltip get_entity
GHSA-m869-42cg-3xwr idlelib.run Executive.runcode
GHSA-j343-8v2j-ff7w idlelib.pyshell ModifiedInterpreter.runcommand
GHSA-3gf5-cxq9-w223 idlelib.pyshell ModifiedInterpreter.runcode
GHSA-cj3c-v495-4xqh code InteractiveInterpreter.runcode
GHSA-fqq6-7vqf-w3fg doctest debug_script
GHSA-xp4f-hrf8-rxw7 ensurepip _run_pip
GHSA-q77w-mwjj-7mqx asyncio.unix_events _UnixSubprocessTransport._start
GHSA-4r9r-ch6f-vxmx torch.utils.bottleneck.__main__ run_cprofile
GHSA-4whj-rm5r-c2v8 torch.utils.bottleneck.__main__ run_autograd_prof
GHSA-86cj-95qr-2p4f torch._dynamo.guards GuardBuilder.get
GHSA-f4x7-rfwp-v3xw torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression
GHSA-f745-w6jp-hpxx torch.utils.collect_env run
GHSA-jhph-76pp-mggw torch.utils.collect_env run_and_read_all
GHSA-h3qp-7fh3-f8h4 torch.utils.data.datapipes.utils.decoder basichandlers
GHSA-vr7h-p6mm-wpmh torch.jit.unsupported_tensor_ops execWrapper
GHSA-vv6j-3g6g-2pvj torch.utils._config_module ConfigModule.load_config
mmaitre314/picklescan#69 mailcap findmatch
mmaitre314/picklescan#74 importlib import_module
mmaitre314/picklescan#74 marshal loads
GHSA-565g-hwwr-4pp3 marshal loads
GHSA-565g-hwwr-4pp3 types FunctionType
GHSA-r7v6-mfhq-g3m2 pty spawn
GHSA-wfq2-52f7-7qvj runpy run_path
GHSA-wfq2-52f7-7qvj runpy _run_code
GHSA-q5qq-mvfm-j35x+CVE-2026-22609 multiprocessing.util spawnv_passfds
GHSA-q5qq-mvfm-j35x+CVE-2026-22609 numpy.distutils.exec_command exec_command
GHSA-p523-jq9w-64x9 cProfile run
GHSA-5hvc-6wx8-mvv4 ctypes cdll
GHSA-5hvc-6wx8-mvv4 pydoc pipepager
GHSA-mhc9-48gj-9gp3 socketserver TCPServer
GHSA-mhc9-48gj-9gp3 xmlrpc.server SimpleXMLRPCServer
GHSA-mhc9-48gj-9gp3 signal signal
GHSA-mhc9-48gj-9gp3 _signal signal
GHSA-mhc9-48gj-9gp3 threading Thread
GHSA-mhc9-48gj-9gp3 _thread start_new_thread
GHSA-mhc9-48gj-9gp3 sqlite3 connect
GHSA-mhc9-48gj-9gp3 _sqlite3 connect
GHSA-mhc9-48gj-9gp3 fileinput input
GHSA-mhc9-48gj-9gp3 glob glob
GHSA-mhc9-48gj-9gp3 compileall compile_dir
GHSA-mhc9-48gj-9gp3 py_compile compile
GHSA-mhc9-48gj-9gp3 mmap mmap
GHSA-mhc9-48gj-9gp3 select select
GHSA-mhc9-48gj-9gp3 selectors DefaultSelector
GHSA-mhc9-48gj-9gp3 logging.handlers SocketHandler
GHSA-mhc9-48gj-9gp3 syslog syslog
GHSA-mhc9-48gj-9gp3 tarfile open
GHSA-mhc9-48gj-9gp3 zipfile ZipFile
GHSA-mhc9-48gj-9gp3 shelve open
GHSA-5hwf-rc88-82xm uuid _get_command_stdout
GHSA-5hwf-rc88-82xm _osx_support _find_build_tool
GHSA-5hwf-rc88-82xm _aix_support _read_cmd_output
GHSA-5cxw-w2xg-2m8h platform _syscmd_file
GHSA-5cxw-w2xg-2m8h platform _syscmd_ver
GHSA-5cxw-w2xg-2m8h platform architecture
GHSA-r48f-3986-4f9c linecache getlines
GHSA-r48f-3986-4f9c gc get_objects
GHSA-m6fh-58r7-x697 _posixsubprocess fork_exec
GHSA-m6fh-58r7-x697 site addsitedir
GHSA-m6fh-58r7-x697 site execsitecustomize
GHSA-m6fh-58r7-x697 atexit register
GHSA-pc6j-px3p-rrj4 doctest run_docstring_examples
GHSA-pc6j-px3p-rrj4 doctest testmod
GHSA-pc6j-px3p-rrj4 unittest.mock _importer
GHSA-pc6j-px3p-rrj4 test.support import_helper.import_module
GHSA-5j3x-jp52-966f pathlib os.system
GHSA-cffv-grgg-g429 ast parse
GHSA-6ggj-6f2q-f7mx _interpreters create
GHSA-6ggj-6f2q-f7mx _interpreters run_string
GHSA-6ggj-6f2q-f7mx _xxsubinterpreters create
GHSA-6ggj-6f2q-f7mx _xxsubinterpreters run_string
protectai/modelscan#267 _pickle loads
protectai/modelscan#338+google/saferpickle#18 torch.utils.collect_env run
protectai/modelscan#338+google/saferpickle#18 multiprocessing.util spawnv_passfds
protectai/modelscan#338+google/saferpickle#18 mlflow.projects.backend.local _run_entry_point
protectai/modelscan#338+google/saferpickle#18 pandas.io.parsers.readers read_csv
promptfoo/modelaudit#1061 antigravity geohash
promptfoo/modelaudit#626 joblib load
promptfoo/modelaudit#1247 http.server HTTPServer
promptfoo/modelaudit#1247 nntplib NNTP
promptfoo/modelaudit#1247 imaplib IMAP4
modelaudit-turns mailcap findmatch
modelaudit-turns setuptools._distutils.spawn spawn
modelaudit-turns pipes Template.copy
modelaudit-turns typing _eval_type
modelaudit-turns dataclasses _create_fn
modelaudit-turns typing get_type_hints
modelaudit-turns atexit register
modelaudit-turns weakref finalize
modelaudit-turns sched scheduler
modelaudit-turns contextlib ExitStack
modelaudit-turns unittest.mock Mock
modelaudit-turns click.utils LazyFile
modelaudit-turns io FileIO
modelaudit-turns csv DictWriter
modelaudit-turns mailbox mbox
modelaudit-turns dotenv.main set_key
modelaudit-turns logging FileHandler
modelaudit-turns site os.system
modelaudit-turns random _os.system
modelaudit-turns pkgutil iter_importers
CVE-2022-45907 torch.jit.annotations parse_type_line
CVE-2024-5480 torch.distributed.rpc.internal _run_function
CVE-2024-5480 torch.distributed.rpc rpc_sync
CVE-2024-48063 torch.distributed.nn.api.remote_module RemoteModule
`

/** One file for each of them. */
export const GADGET_ATTACKS: readonly Attack[] = GADGETS.trim()
  .split('\n')
  .map((line) => {
    const [ids = '', module = '', name = ''] = line.split(' ')
    return attack(
      ids.replaceAll('+', ' '),
      `calls ${module}.${name}`,
      `${module}.${name}.pkl`,
      calling(module, name),
    )
  })
