import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { bytes, bytesOf, call, dict, imported, list, stream, text, tuple } from './assemble-pickle.ts'
import { assessFile } from './assess-model.ts'

const scan = (latin1: string, name = 'model.bin') => assessFile(name, sourceOfBytes(bytesOf(latin1)))
const SYSTEM = imported('os', 'system')
const attr = (of: string, name: string) => call(imported('builtins', 'getattr'), of, text(name))

/** Functions of published advisories; the comment names the source. Each must be malicious by its import alone. */
const NAMES = `
pip.main pip._internal.main asyncio.unix_events._UnixSubprocessTransport._start torch.jit.unsupported_tensor_ops.execWrapper
logging.FileHandler logging.handlers.RotatingFileHandler uuid._get_command_stdout _osx_support._read_output _aix_support._read_cmd_output
imaplib.IMAP4_stream _pyrepl.pager.pipe_pager test.support.script_helper.assert_python_ok pkgutil.resolve_name profile.run profile.runctx
profile.Profile.run cProfile.run cProfile.runctx cProfile.Profile.run pydoc.locate pydoc.pipepager ctypes.CDLL ctypes.cdll pty.spawn
distutils.file_util.write_file numpy.f2py.crackfortran.getlincoef numpy.f2py.crackfortran._eval_length ssl.get_server_certificate
trace.Trace.run trace.Trace.runctx lib2to3.pgen2.pgen.ParserGenerator lib2to3.pgen2.grammar.Grammar.loads idlelib.pyshell.ModifiedInterpreter.runcode
idlelib.run.Executive.runcode idlelib.debugobj.ObjectTreeItem.SetText idlelib.calltip.get_entity idlelib.autocomplete.AutoComplete.get_entity
code.InteractiveInterpreter.runcode doctest.debug_script ensurepip._run_pip torch.utils.bottleneck.__main__.run_cprofile
torch.utils.bottleneck.__main__.run_autograd_prof torch._dynamo.guards.GuardBuilder.get torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression
torch.utils.collect_env.run torch.utils.data.datapipes.utils.decoder.basichandlers torch.utils._config_module.ConfigModule.load_config
mailcap.findmatch importlib.import_module importlib.reload marshal.loads types.CodeType types.FunctionType runpy.run_path runpy._run_code
subprocess.Popen subprocess.check_output _posixsubprocess.fork_exec multiprocessing.util.spawnv_passfds _interpreters.exec _xxsubinterpreters.run_string
mlflow.projects.backend.local._run_entry_point pandas.read_csv pandas.io.parsers.readers.read_csv setuptools._distutils.spawn.spawn
pipes.Template.copy typing._eval_type dataclasses._create_fn typing.get_type_hints atexit.register weakref.finalize sched.scheduler
contextlib.ExitStack unittest.mock.Mock click.utils.LazyFile io.FileIO mailbox.mbox dotenv.main.set_key site.os.system random._os.system
pkgutil.iter_importers builtins.eval builtins.exec builtins.compile builtins.__import__ builtins.open builtins.globals builtins.breakpoint
__builtin__.eval __builtin__.execfile _pickle.loads pickle.loads dill.loads cloudpickle.loads joblib.load torch.load torch.hub.load torch.serialization.load
numpy.load numpy.testing._private.utils.runstring numpy.distutils.exec_command.exec_command numpy.lib.npyio.load webbrowser.open antigravity.geohash
posix.system nt.system posixpath.os.system codeop.compile_command bdb.Bdb.run pdb.run timeit.timeit timeit.main zipimport.zipimporter
http.server.HTTPServer nntplib.NNTP http.client.HTTPConnection urllib.request.urlopen urllib.request.urlretrieve socket.create_connection
smtplib.SMTP ftplib.FTP telnetlib.Telnet shutil.rmtree shutil.copyfile tempfile.mkstemp sqlite3.connect venv.create zipapp.create_archive
tarfile.open zipfile.ZipFile linecache.getlines fileinput.input threading.Thread _thread.start_new_thread concurrent.futures.ThreadPoolExecutor
signal.signal faulthandler.dump_traceback_later gc.get_objects inspect.getmembers sys.exit sys.modules sys.settrace os.path.os.system
builtins.getattr.__globals__ numpy.__builtins__ torch._dynamo.config.os.system IPython.core.interactiveshell.InteractiveShell.system
joblib.numpy_pickle.load joblib.externals.cloudpickle.loads transformers.pipelines.pipeline keras.models.load_model pexpect.run
pathlib.Path.touch pathlib.PosixPath.write_text torch.FloatStorage.from_file torch.package.PackageImporter torch.jit.load torch.ops.load_library
torch.fx.graph_module._forward_from_src torch.distributed.rpc.rpc_sync torch.onnx.utils.export torch._inductor.codecache.compile_file
codecs.open io.open _io.open gzip.open bz2.open lzma.open bz2.BZ2File tokenize.open cgitb.enable wsgiref.simple_server.make_server
xmlrpc.client.ServerProxy ast.parse symtable.symtable dis.dis copyreg.add_extension pandas.core.computation.eval.eval pandas.eval
pandas.core.frame.DataFrame.query numpy.ndarray.tofile functools.partial.__reduce__ types.new_class test.support.os.system`
  .trim()
  .split(/\s+/)

const CLASSES = new Set(
  'Path PosixPath Trace Profile Grammar AutoComplete ModifiedInterpreter Executive ObjectTreeItem Bdb InteractiveInterpreter Template InteractiveShell FloatStorage ShapeEnv GuardBuilder ConfigModule DataFrame ndarray _UnixSubprocessTransport'.split(
    ' ',
  ),
)

/** `a.b.Class.method` → module `a.b`, name `Class.method`. */
function split(path: string): [string, string] {
  const parts = path.split('.')
  const at = parts.findIndex((part, i) => i > 0 && CLASSES.has(part))
  const cut = at < 0 ? parts.length - 1 : at
  return [parts.slice(0, cut).join('.'), parts.slice(cut).join('.')]
}

test.for(NAMES.map((name) => [name] as const))('%s called is malicious', async ([name]) => {
  const [module, last] = split(name)
  const made = await scan(stream(call(imported(module, last), text('id'))))
  expect(made.verdict, JSON.stringify(made.findings.map(({ message }) => message))).toBe('malicious')
  const old = await scan(`c${module}\n${last}\n(S'id'\ntR.`)
  expect(old.verdict).toBe('malicious')
  const instance = await scan(`(S'id'\ni${module}\n${last}\n.`)
  expect(instance.verdict).toBe('malicious')
})

const MODULE_OS = call(imported('importlib', 'import_module'), text('os'))
const JOINED = call(imported('builtins', 'str.join'), text(''), list(text('sys'), text('tem')))
const TOUCH = attr(call(imported('pathlib', 'PosixPath'), text('x')), 'touch')

/** Ways to code that name nothing bad outright, and what the report must say. */
test.for([
  [
    'str.join makes the name of an import',
    stream(text('os'), JOINED, '\x93', tuple(text('id')), 'R'),
    'malicious',
    "os.system('id')",
  ],
  [
    'concat makes the module',
    stream(
      call(imported('operator', 'concat'), text('o'), text('s')),
      text('system'),
      '\x93',
      tuple(text('id')),
      'R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'reversed and join',
    stream(
      text('os'),
      call(
        imported('builtins', 'str.join'),
        text(''),
        call(imported('builtins', 'reversed'), text('metsys')),
      ),
      '\x93',
      tuple(text('id')),
      'R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'chr and map',
    stream(
      call(
        imported('builtins', 'str.join'),
        text(''),
        call(imported('builtins', 'map'), imported('builtins', 'chr'), list('Ko', 'Ks')),
      ),
      text('system'),
      '\x93',
      tuple(text('id')),
      'R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'replace',
    stream(
      text('os'),
      call(imported('builtins', 'str.replace'), text('sysXtem'), text('X'), text('')),
      '\x93',
      tuple(text('id')),
      'R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'bytes.fromhex and decode',
    stream(
      call(
        imported('codecs', 'decode'),
        call(imported('builtins', 'bytes.fromhex'), text('6f73')),
        text('ascii'),
      ),
      text('system'),
      '\x93',
      tuple(text('id')),
      'R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'rot13',
    stream(
      text('os'),
      call(imported('codecs', 'decode'), text('flfgrz'), text('rot13')),
      '\x93',
      tuple(text('id')),
      'R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'base64',
    stream(
      call(attr(call(imported('base64', 'b64decode'), text('b3M=')), 'decode')),
      text('system'),
      '\x93',
      tuple(text('id')),
      'R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'getattr of a module',
    stream(call(attr(MODULE_OS, 'system'), text('id'))),
    'malicious',
    "os.system('id')",
  ],
  [
    'methodcaller',
    stream(call(call(imported('operator', 'methodcaller'), text('system'), text('id')), MODULE_OS)),
    'malicious',
    "os.system('id')",
  ],
  [
    'attrgetter',
    stream(call(call(call(imported('operator', 'attrgetter'), text('system')), MODULE_OS), text('id'))),
    'malicious',
    "os.system('id')",
  ],
  [
    'attrgetter with a path',
    stream(
      call(
        call(call(imported('operator', 'attrgetter'), text('nn.os.system')), imported('torch', 'nn')),
        text('id'),
      ),
    ),
    'malicious',
    'system',
  ],
  [
    'partial',
    stream(call(call(imported('functools', 'partial'), SYSTEM, text('id')))),
    'malicious',
    "os.system('id')",
  ],
  [
    'partial through its state',
    stream(
      call(imported('functools', 'partial'), imported('builtins', 'int')),
      tuple(SYSTEM, tuple(text('id')), 'N', 'N'),
      'b',
      ')R',
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'map consumed by list',
    stream(call(imported('builtins', 'list'), call(imported('builtins', 'map'), SYSTEM, list(text('id'))))),
    'malicious',
    "os.system('id')",
  ],
  [
    'map in a set',
    stream(
      call(imported('builtins', 'frozenset'), call(imported('builtins', 'map'), SYSTEM, list(text('id')))),
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'filter',
    stream(
      call(imported('builtins', 'tuple'), call(imported('builtins', 'filter'), SYSTEM, list(text('id')))),
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'reduce',
    stream(call(imported('functools', 'reduce'), SYSTEM, list(text('id'), 'N'))),
    'malicious',
    'os.system',
  ],
  [
    'starmap',
    stream(call(imported('itertools', 'starmap'), SYSTEM, list(tuple(text('id'))))),
    'malicious',
    "os.system('id')",
  ],
  [
    'iter with a sentinel',
    stream(
      call(imported('builtins', 'iter'), call(imported('functools', 'partial'), SYSTEM, text('id')), 'N'),
    ),
    'malicious',
    'os.system',
  ],
  [
    '__builtins__ of numpy',
    stream(
      call(call(imported('operator', 'getitem'), imported('numpy', '__builtins__'), text('eval')), text('1')),
    ),
    'malicious',
    "builtins.eval('1')",
  ],
  [
    '__dict__ of builtins and dict.get',
    stream(
      call(call(imported('builtins', 'dict.get'), imported('builtins', '__dict__'), text('eval')), text('1')),
    ),
    'malicious',
    "builtins.eval('1')",
  ],
  [
    'sys.modules',
    stream(
      call(
        attr(call(imported('operator', 'getitem'), imported('sys', 'modules'), text('os')), 'system'),
        text('id'),
      ),
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'SETITEM on sys.modules',
    stream(imported('sys', 'modules'), text('torch'), 'Ns'),
    'malicious',
    'sys.modules',
  ],
  [
    'an allowed name is overwritten',
    stream(imported('torch', '_utils'), dict({ _rebuild_tensor_v2: SYSTEM }), 'b'),
    'malicious',
    'torch._utils',
  ],
  [
    'an allowed name is overwritten by what is unknown',
    stream(imported('torch', 'nn'), dict({ Linear: imported('acme', 'f') }), 'b'),
    'malicious',
    'torch.nn',
  ],
  [
    'a registry of pydantic is changed',
    stream(imported('pydantic', '_dynamic_imports'), text('x'), tuple(text('os'), text('system')), 's'),
    'malicious',
    'pydantic._dynamic_imports',
  ],
  [
    'BUILD puts attributes on a function',
    stream(imported('numpy', 'prod'), 'N', dict({ x: imported('numpy', 'sum') }), '\x86b'),
    'malicious',
    'numpy.prod',
  ],
  [
    '__setstate__ planted by BUILD',
    stream(call(imported('argparse', 'Namespace')), dict({ __setstate__: SYSTEM }), 'b', text('id'), 'b'),
    'malicious',
    "os.system('id')",
  ],
  [
    'append planted by BUILD',
    stream(call(imported('argparse', 'Namespace')), dict({ append: SYSTEM }), 'b(', text('id'), 'e'),
    'malicious',
    'os.system',
  ],
  [
    '__class__ among slots',
    stream(
      call(imported('argparse', 'Namespace')),
      'N',
      dict({ __class__: imported('collections', 'Counter') }),
      '\x86b',
    ),
    'malicious',
    '__class__',
  ],
  [
    'a dunder of a class made at load time',
    stream(
      call(
        imported('operator', 'lt'),
        call(
          call(
            imported('builtins', 'type'),
            text('X'),
            tuple(imported('builtins', 'object')),
            dict({ __lt__: SYSTEM }),
          ),
        ),
        text('id'),
      ),
    ),
    'malicious',
    'os.system',
  ],
  [
    'a dunder bound to Path.touch',
    stream(
      call(
        imported('builtins', 'type'),
        text('X'),
        tuple(imported('pathlib', 'PosixPath')),
        dict({ __lt__: imported('pathlib', 'Path.touch') }),
      ),
    ),
    'malicious',
    'pathlib.Path.touch',
  ],
  ['a method of a path is called', stream(call(TOUCH)), 'malicious', 'touch'],
  [
    'a method of a path by methodcaller',
    stream(
      call(
        call(imported('operator', 'methodcaller'), text('write_text'), text('import os')),
        call(imported('pathlib', 'Path'), text('x.pth')),
      ),
    ),
    'malicious',
    'write_text',
  ],
  [
    'a method of a path by map',
    stream(
      call(
        imported('builtins', 'list'),
        call(
          imported('builtins', 'map'),
          call(imported('operator', 'methodcaller'), text('unlink')),
          list(call(imported('pathlib', 'Path'), text('x'))),
        ),
      ),
    ),
    'malicious',
    'unlink',
  ],
  [
    'subclasses of object',
    stream(call(attr(imported('builtins', 'object'), '__subclasses__'))),
    'malicious',
    '__subclasses__',
  ],
  [
    'getattr with a name made at run time',
    stream(call(imported('builtins', 'getattr'), imported('torch', 'nn'), call(imported('acme', 'f')))),
    'malicious',
    'getattr',
  ],
  [
    'the torch of CVE-2025-32434 names',
    stream(call(attr(imported('torch', 'nn'), 'load'), text('x'))),
    'malicious',
    'load',
  ],
  [
    'copyreg._reconstructor of an active class',
    stream(
      call(
        imported('copyreg', '_reconstructor'),
        imported('subprocess', 'Popen'),
        imported('builtins', 'object'),
        'N',
      ),
    ),
    'malicious',
    'subprocess.Popen',
  ],
  [
    '__reduce__ read of an object',
    stream(attr(call(imported('collections', 'OrderedDict')), '__reduce__')),
    'malicious',
    '__reduce__',
  ],
  [
    'resolve_name and a call',
    stream(call(call(imported('pkgutil', 'resolve_name'), text('os:system')), text('id'))),
    'malicious',
    "os.system('id')",
  ],
  [
    'a code object and a function',
    stream(
      call(call(imported('types', 'FunctionType'), call(imported('marshal', 'loads'), bytes('x')), dict({}))),
    ),
    'malicious',
    'marshal.loads',
  ],
  [
    'dill makes a function and calls it',
    stream(
      call(
        call(
          imported('dill._dill', '_create_function'),
          call(imported('dill._dill', '_create_code'), 'K\x00', text('c')),
        ),
      ),
    ),
    'malicious',
    '_create_function',
  ],
  [
    'cloudpickle imports os',
    stream(
      call(attr(call(imported('cloudpickle.cloudpickle', 'subimport'), text('os')), 'system'), text('id')),
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'dill imports a function by its path',
    stream(call(call(imported('dill._dill', '_import_module'), text('os.system')), text('id'))),
    'malicious',
    "os.system('id')",
  ],
  [
    'torch rebuilds by any function',
    stream(
      call(
        imported('torch._tensor', '_rebuild_from_type_v2'),
        SYSTEM,
        imported('torch', 'Tensor'),
        tuple(text('id')),
        'N',
      ),
    ),
    'malicious',
    "os.system('id')",
  ],
  [
    'numpy calls any constructor',
    stream(call(imported('numpy.random._pickle', '__generator_ctor'), text('id'), SYSTEM)),
    'malicious',
    "os.system('id')",
  ],
  [
    'numpy imports a ufunc by name',
    stream(call(call(imported('numpy.core', '_ufunc_reconstruct'), text('os'), text('system')), text('id'))),
    'malicious',
    "os.system('id')",
  ],
  [
    'a method that acts is handed to what calls it',
    stream(call(imported('itertools', 'groupby'), list('K\x01'), TOUCH)),
    'malicious',
    'touch',
  ],
  [
    'methodcaller of a method that acts, for what calls it',
    stream(
      call(
        imported('itertools', 'groupby'),
        list('K\x01'),
        call(imported('operator', 'methodcaller'), text('touch')),
      ),
    ),
    'malicious',
    'touch',
  ],
  [
    'copyreg.__newobj__',
    stream(call(imported('copyreg', '__newobj__'), imported('subprocess', 'Popen'), text('id'))),
    'malicious',
    'subprocess.Popen',
  ],
  ['an unknown class', stream(call(imported('acme.nets', 'Block'))), 'suspicious', 'acme.nets.Block'],
  ['a class of the main program', stream(imported('__main__', 'Net'), ')\x81'), 'suspicious', '__main__.Net'],
  [
    'a function of a known package is called',
    stream(call(imported('sklearn.utils.validation', 'check_array'), text('x'))),
    'suspicious',
    'check_array',
  ],
  [
    'a member of an enumeration of a known package',
    stream(call(imported('transformers.models.x', 'Kind'), text('longest'))),
    'clean',
    undefined,
  ],
  [
    'a known class is called with a path',
    stream(call(imported('transformers.models.x', 'Kind'), text('a/b'))),
    'suspicious',
    'Kind',
  ],
  [
    'a class made at load time',
    stream(call(imported('builtins', 'type'), text('X'), tuple(imported('builtins', 'object')), dict({}))),
    'suspicious',
    'builtins.type',
  ],
  ['an extension code', '\x80\x02\x82\x07)R.', 'suspicious', 'extension'],
  [
    'a partial of something inert',
    stream(call(imported('functools', 'partial'), imported('builtins', 'int'), text('1'))),
    'clean',
    undefined,
  ],
  [
    'a map of something inert',
    stream(call(imported('builtins', 'map'), imported('builtins', 'str'), list('K\x01'))),
    'clean',
    undefined,
  ],
  [
    'a bound method that is only kept',
    stream(attr(call(imported('collections', 'OrderedDict')), 'keys')),
    'clean',
    undefined,
  ],
  ['a member of an enumeration', stream(attr(imported('uuid', 'SafeUUID'), 'safe')), 'clean', undefined],
  [
    'cloudpickle refers to a module of a known package',
    stream(call(imported('cloudpickle.cloudpickle', 'subimport'), text('numpy.linalg'))),
    'clean',
    undefined,
  ],
  [
    'dill refers to a module that acts',
    stream(call(imported('dill._dill', '_import_module'), text('os'))),
    'suspicious',
    '_import_module',
  ],
  [
    'cloudpickle refers to a module of nobody',
    stream(call(imported('cloudpickle.cloudpickle', 'subimport'), text('helper'))),
    'suspicious',
    'subimport',
  ],
] as const)('%s', async ([, latin1, verdict, said]) => {
  const file = await scan(latin1)
  expect(file.verdict, JSON.stringify([file.findings, file.coverage])).toBe(verdict)
  if (said !== undefined)
    expect(JSON.stringify(file.findings.map(({ call: text, message }) => [text, message]))).toContain(said)
})

const PAYLOAD = stream(call(SYSTEM, text('id')))
const base64 = Buffer.from(PAYLOAD, 'latin1').toString('base64')
const hex = Buffer.from(PAYLOAD, 'latin1').toString('hex')
const UTF8 = Buffer.from(PAYLOAD, 'utf8').toString('latin1')
const packed = (latin1: string) => {
  const bytes = deflateSync(Buffer.from(latin1, 'latin1')).toString('latin1')
  return `B${four(bytes.length)}${bytes}`
}
const four = (n: number) => String.fromCharCode(n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255)

test.for([
  ['in bytes that pickle.loads gets', stream(call(imported('pickle', 'loads'), bytes(PAYLOAD)))],
  ['in bytes that torch loads', stream(call(imported('torch.storage', '_load_from_bytes'), bytes(PAYLOAD)))],
  [
    'in bytes that torch loads, as text of protocol 2',
    `\x80\x02ctorch.storage\n_load_from_bytes\nc_codecs\nencode\nX${four(UTF8.length)}${UTF8}X\x06\x00\x00\x00latin1\x86R\x85R.`,
  ],
  ['in bytes of no use', stream(list(bytes(PAYLOAD)))],
  ['in BINBYTES8', stream(`\x8e${four(PAYLOAD.length)}\0\0\0\0${PAYLOAD}`)],
  ['in a BYTEARRAY8', stream(`\x96${four(PAYLOAD.length)}\0\0\0\0${PAYLOAD}`)],
  ['in base64', stream(list(text(base64)))],
  ['in hex', stream(list(text(hex)))],
  ['in a pickle of protocol 0 in bytes', stream(list(bytes("cos\nsystem\n(S'id'\ntR.")))],
  ['two levels deep', stream(list(bytes(stream(list(bytes(PAYLOAD))))))],
  ['after STOP', `N.${PAYLOAD}`],
  ['after a thousand empty streams', `${'N.'.repeat(1500)}${PAYLOAD}`],
  ['after zeros', `\x80\x04N.${'\0'.repeat(5000)}${PAYLOAD}`],
  ['after a broken stream', `\x80\x04\x8c\x01a\xff\xff${'\0'.repeat(99)}${PAYLOAD}`],
  ['of protocol 0 after zeros', `\x80\x04N.${'\0'.repeat(5000)}cos\nsystem\n(S'id'\ntR.`],
  ['after a claim of more bytes than there are', `\x80\x04]B\xff\xff\xff\x7f${PAYLOAD}`],
  ['after a frame that is too long', `\x80\x04\x95\xff\xff\0\0\0\0\0\0${PAYLOAD}`],
  ['behind a wrong protocol', `\x80\x04N0\x80\x09${PAYLOAD}`],
  ['after an exception: NEWOBJ of what is no class', stream(call(SYSTEM, text('id')), 'NN\x81')],
  ['after an exception before: unhashable key', stream('}]Ns0', call(SYSTEM, text('id')))],
  ['with carriage returns', "cos\r\nsystem\r\n(S'id'\ntR."],
  ['in INST', "(S'id'\nios\nsystem\n."],
  ['in OBJ whose result is popped', "(cos\nsystem\nS'id'\no0N."],
  ['with an integer in base 16', "I0x10\n0cos\nsystem\n(S'id'\ntR."],
  ['with an index that has an underscore', "cos\nsystem\np1_0\n0g10\n(S'id'\ntR."],
  ['with a NUL in an index', "cos\nsystem\np5\0x\n0g5\n(S'id'\ntR."],
  ['with MEMOIZE after PUT', "\x80\x04cos\nsystem\nq\x07\x94(S'id'\ntR."],
  ['behind 12 MiB of text', stream(`X${four(12 << 20)}${'a'.repeat(12 << 20)}0`, call(SYSTEM, text('id')))],
  ['in bytes that zlib unpacks', `\x80\x04${call(imported('zlib', 'decompress'), packed(PAYLOAD))}.`],
  [
    'in bytes that are packed twice',
    `\x80\x04${call(imported('zlib', 'decompress'), packed(deflateSync(Buffer.from(PAYLOAD, 'latin1')).toString('latin1')))}.`,
  ],
  ['behind a persistent id', `\x80\x04\x8c\x01xQ0${call(SYSTEM, text('id'))}.`],
  ['behind an out-of-band buffer', `\x80\x05\x97\x980${call(SYSTEM, text('id'))}.`],
] as const)('a payload %s is malicious', async ([, latin1]) => {
  const file = await scan(latin1)
  expect(file.verdict, JSON.stringify([file.findings, file.coverage])).toBe('malicious')
  expect(JSON.stringify(file.findings)).toMatch(/os.*system|pickle\.loads/)
})

test.for([
  [
    'billion laughs',
    `\x80\x02(lp0\n${Array.from({ length: 200 }, (_, i) => `(g${i}\ng${i}\ng${i}\nlp${i + 1}\n`).join('')}.`,
    'suspicious',
  ],
  ['tuples that double', `\x80\x04})${'\x942\x86'.repeat(100)}Ns.`, 'suspicious'],
  ['a hundred thousand nested tuples', `\x80\x04})${'\x85'.repeat(100_000)}Ns.`, 'suspicious'],
  [
    'ten thousand keys of one hash',
    `\x80\x04}(${Array.from({ length: 10_000 }, (_, i) => `I${(BigInt(i) + 1n) * (2n ** 61n - 1n)}\nN`).join('')}u.`,
    'suspicious',
  ],
  ['a million DUPs', `\x80\x02](${'N2'.repeat(400_000)}e.`, 'clean'],
  ['a million memo entries', `\x80\x04N${'\x94'.repeat(1_000_000)}.`, 'clean'],
  ['a million marks', `\x80\x04${'('.repeat(999_000)}N.`, 'clean'],
  [
    '200 nested tuples as an argument',
    stream(call(imported('acme', 'f'), `N${'\x85'.repeat(200)}`)),
    'suspicious',
  ],
  [
    'text that doubles',
    stream(
      text('x'.repeat(200)),
      `\x940${'h\x00'.repeat(1)}`,
      ...Array.from({ length: 40 }, () => `2\x86${imported('acme', 'g')}0`),
    ),
    undefined,
  ],
  ['20 MB of opcodes', `\x80\x04${'N0'.repeat(11_000_000)}.`, 'undecided'],
] as const)('%s ends in time', { timeout: 30_000 }, async ([, latin1, verdict]) => {
  const start = process.cpuUsage()
  const file = await scan(latin1)
  if (verdict !== undefined) expect(file.verdict).toBe(verdict)
  // Processor time: the machine that tests may have other work.
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(6000)
})

test('concat that doubles forty times stays small', async () => {
  const twice = Array.from({ length: 40 }, () => `\x940${imported('operator', 'concat')}h\x00h\x00\x86R`)
  const file = await scan(stream(text('abcdefgh'), ...twice))
  expect(file.verdict).toBe('clean')
})

/** What joblib skips as an array, pickle.load runs: 16 bytes claimed, and a payload in them. */
test('a payload in the bytes that an array of joblib claims is malicious', async () => {
  const wrapper = `${imported('joblib.numpy_pickle', 'NumpyArrayWrapper')})\x81`
  const dtype = `${call(imported('numpy', 'dtype'), text('u1'), '\x89', '\x88')}${tuple('K\x03', text('|'), 'N', 'N', 'N', 'J\xff\xff\xff\xff', 'J\xff\xff\xff\xff', 'K\x00')}b`
  const hidden = call(SYSTEM, text('id'))
  const state = dict({
    subclass: imported('numpy', 'ndarray'),
    shape: tuple(`K${String.fromCharCode(hidden.length)}`),
    order: text('C'),
    dtype,
    allow_mmap: '\x89',
  })
  const file = await scan(`\x80\x04${wrapper}${state}b${hidden}.`, 'model.joblib')
  expect(file.coverage[0]?.format).toBe('joblib')
  expect(file.verdict).toBe('malicious')
})

/** joblib reads the array after the frame, others at once: what stands between is opcodes to one of them. */
test('an array of joblib inside a frame is not clean', async () => {
  const wrapper = `${imported('joblib.numpy_pickle', 'NumpyArrayWrapper')})\x81`
  const dtype = call(imported('numpy', 'dtype'), text('u1'), '\x89', '\x88')
  const state = dict({ shape: tuple('K\x02'), dtype })
  const framed = `${wrapper}${state}b0N`
  const file = await scan(
    `\x80\x04\x95${String.fromCharCode(framed.length)}\0\0\0\0\0\0\0${framed}ab.`,
    'model.joblib',
  )
  expect(file.findings.map(({ ruleId }) => ruleId)).toContain('pickle/frame-crossing')
})

const WHOLE = [
  stream(call(SYSTEM, text('id'))),
  "\x80\x02cos\nsystem\n(S'id'\ntR.",
  "(S'id'\nios\nsystem\n.",
  stream(list(bytes(PAYLOAD))),
  stream(call(imported('pickle', 'loads'), bytes(PAYLOAD))),
  `\x80\x04N.${'\0'.repeat(20)}${PAYLOAD}`,
  stream(call(TOUCH)),
  stream(text('os'), JOINED, '\x93', tuple(text('id')), 'R'),
  stream(call(imported('acme.nets', 'Block'))),
  `\x80\x04\x95${String.fromCharCode(PAYLOAD.length)}\0\0\0\0\0\0\0${PAYLOAD}`,
]

test.for(WHOLE.map((latin1, i) => [i, latin1] as const))(
  'cut at any byte, file %i is never clean',
  async ([, latin1]) => {
    for (let length = 1; length < latin1.length; length++) {
      // Up to a STOP it is a whole file of its own.
      if (latin1[length - 1] === '.') continue
      const cut = await scan(latin1.slice(0, length), 'model.pkl')
      const isOpen = cut.coverage.some(({ status }) => status !== 'full')
      expect(isOpen || cut.verdict === 'malicious', `${length}`).toBe(true)
      expect(cut.verdict, `${length}`).not.toBe('clean')
    }
  },
)
