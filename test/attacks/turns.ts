import { type Attack, attack } from './attack.ts'
import { call, dict, HARMLESS, list, named, raw, stream, text, tuple } from './make-pickle.ts'

const TOUCH = named('pathlib', 'Path.touch')
const WRITE = named('pathlib', 'Path.write_text')
const PATH = call(named('pathlib', 'PosixPath'), text('sallyport'))
const all = (iterable: string): string => call(named('builtins', 'tuple'), iterable)
/** An object of a class made while loading, whose special method touches a file. */
const made = (method: string): string =>
  call(
    call(
      named('builtins', 'type'),
      text('X'),
      tuple(named('pathlib', 'PosixPath')),
      dict({ [method]: TOUCH }),
    ),
    text('sallyport'),
  )
const template = 'print("sallyport")\ndef _parse_args(*args):\n    return (), 0, 1\n'

/** What hands a callable on, and something to call: title, and the opcodes. */
const TURNS: readonly (readonly [string, string])[] = [
  ['tuple(map(Path.touch, …))', all(call(named('builtins', 'map'), TOUCH, list(PATH)))],
  [
    'tuple(itertools.starmap(Path.touch, …))',
    all(call(named('itertools', 'starmap'), TOUCH, list(tuple(PATH)))),
  ],
  ['tuple(filter(Path.touch, …))', all(call(named('builtins', 'filter'), TOUCH, list(PATH)))],
  [
    'tuple(itertools.takewhile(Path.touch, …))',
    all(call(named('itertools', 'takewhile'), TOUCH, list(PATH))),
  ],
  [
    'tuple(itertools.dropwhile(Path.touch, …))',
    all(call(named('itertools', 'dropwhile'), TOUCH, list(PATH))),
  ],
  [
    'tuple(itertools.filterfalse(Path.touch, …))',
    all(call(named('itertools', 'filterfalse'), TOUCH, list(PATH))),
  ],
  ['tuple(itertools.groupby(…, Path.touch))', all(call(named('itertools', 'groupby'), list(PATH), TOUCH))],
  [
    'tuple(itertools.accumulate(…, Path.write_text))',
    all(call(named('itertools', 'accumulate'), list(PATH, text('x')), WRITE)),
  ],
  [
    'ThreadPoolExecutor.submit(…, Path.touch)',
    call(
      named('concurrent.futures', 'ThreadPoolExecutor.submit'),
      call(named('concurrent.futures', 'ThreadPoolExecutor')),
      TOUCH,
      PATH,
    ),
  ],
  [
    'ProcessPoolExecutor.submit(…, Path.touch)',
    call(
      named('concurrent.futures', 'ProcessPoolExecutor.submit'),
      call(named('concurrent.futures', 'ProcessPoolExecutor')),
      TOUCH,
      PATH,
    ),
  ],
  [
    'contextvars.Context.run(…, Path.touch)',
    call(named('contextvars', 'Context.run'), call(named('contextvars', 'Context')), TOUCH, PATH),
  ],
  [
    'a written .pth file, then site.addsitedir',
    `${call(WRITE, PATH, text('import os'))}0${call(named('site', 'addsitedir'), text('/tmp'))}`,
  ],
  [
    'unittest.loader.TestLoader.discover imports a written module',
    call(
      named('unittest.loader', 'TestLoader.discover'),
      call(named('unittest.loader', 'TestLoader')),
      text('/tmp'),
    ),
  ],
  [
    'unittest.mock._patch.start imports a module',
    call(
      named('unittest.mock', '_patch.start'),
      call(named('unittest.mock', 'patch'), text('sallyport.x'), 'K\x02'),
    ),
  ],
  ['types.MethodType binds Path.touch', call(call(named('types', 'MethodType'), TOUCH, PATH))],
  ['staticmethod around Path.touch is called', call(call(named('builtins', 'staticmethod'), TOUCH), PATH)],
  ['_functools.partial, the private name', call(call(named('_functools', 'partial'), TOUCH, PATH))],
  ['_functools.reduce, the private name', call(named('_functools', 'reduce'), TOUCH, list('K\x01'), PATH)],
  ['functools.cache around Path.touch is called', call(call(named('functools', 'cache'), TOUCH), PATH)],
  [
    'functools.lru_cache around Path.touch is called',
    call(call(named('functools', 'lru_cache'), TOUCH), PATH),
  ],
  [
    'functools.singledispatch around Path.touch is called',
    call(call(named('functools', 'singledispatch'), TOUCH), PATH),
  ],
  [
    'property.__get__ calls its getter',
    call(named('builtins', 'property.__get__'), call(named('builtins', 'property'), TOUCH), PATH),
  ],
  [
    'classmethod.__get__ binds Path.touch',
    call(
      call(
        named('builtins', 'classmethod.__get__'),
        call(named('builtins', 'classmethod'), TOUCH),
        'N',
        PATH,
      ),
    ),
  ],
  [
    'types.DynamicClassAttribute.__get__ calls its getter',
    call(
      named('types', 'DynamicClassAttribute.__get__'),
      call(named('types', 'DynamicClassAttribute'), TOUCH),
      PATH,
    ),
  ],
  [
    'functools.cached_property.__get__ calls its getter',
    call(
      named('functools', 'cached_property.__get__'),
      call(named('functools', 'cached_property'), TOUCH),
      PATH,
      named('builtins', 'object'),
    ),
  ],
  [
    'operator.lt of keys that functools.cmp_to_key made',
    call(
      named('operator', 'lt'),
      call(call(named('functools', 'cmp_to_key'), WRITE), PATH),
      call(call(named('functools', 'cmp_to_key'), WRITE), text('x')),
    ),
  ],
  [
    'logging.Filterer.filter calls its filters',
    `${call(named('logging', 'Filterer.addFilter'), call(named('logging', 'Filterer')), TOUCH)}0${call(named('logging', 'Filterer.filter'), call(named('logging', 'Filterer')), PATH)}`,
  ],
  [
    'inspect.getmembers reads a property that touches',
    call(
      named('inspect', 'getmembers'),
      call(
        call(
          named('builtins', 'type'),
          text('X'),
          tuple(named('pathlib', 'PosixPath')),
          dict({ x: call(named('builtins', 'property'), TOUCH) }),
        ),
        text('sallyport'),
      ),
    ),
  ],
  [
    'hasattr reads a property that touches',
    call(
      named('builtins', 'hasattr'),
      call(
        call(
          named('builtins', 'type'),
          text('X'),
          tuple(named('pathlib', 'PosixPath')),
          dict({ x: call(named('builtins', 'property'), TOUCH) }),
        ),
        text('sallyport'),
      ),
      text('x'),
    ),
  ],
  ['six.moves.builtins.eval', call(named('six.moves.builtins', 'eval'), text('1'))],
  ['six.moves.getoutput', call(named('six.moves', 'getoutput'), text(HARMLESS))],
  [
    'botocore.vendored.six.moves.builtins.eval',
    call(named('botocore.vendored.six', 'moves.builtins.eval'), text('1')),
  ],
  ['click.edit starts an editor', call(named('click', 'edit'), text('x'))],
  ['execnet.makegateway starts an interpreter', call(named('execnet', 'makegateway'), text('popen'))],
  [
    'a process that gives credentials: botocore',
    call(
      named('botocore.credentials', 'ProcessProvider._retrieve_credentials_using'),
      call(named('botocore.credentials', 'ProcessProvider'), text('default'), named('builtins', 'dict')),
      text(HARMLESS),
    ),
  ],
  [
    'the same under anyio: aiobotocore',
    call(
      named('anyio._backends._asyncio', 'AsyncIOBackend.run'),
      named('aiobotocore.credentials', 'AioProcessProvider._retrieve_credentials_using'),
      tuple(
        call(
          named('aiobotocore.credentials', 'AioProcessProvider'),
          text('default'),
          named('builtins', 'dict'),
        ),
        text(HARMLESS),
      ),
      '}',
      '}',
    ),
  ],
  [
    'numpy._core.fromnumeric._wrapfunc calls a method by its name',
    call(
      named('numpy._core.fromnumeric', '_wrapfunc'),
      call(named('_pytest._py.path', 'LocalPath'), text('/bin/sh')),
      text('sysexec'),
      text('-c'),
      text(HARMLESS),
    ),
  ],
  [
    'scipy runs a source in the state of a distribution: rv_continuous',
    `${named('scipy.stats._distn_infrastructure', 'rv_continuous')})\x81${dict({ _parse_arg_template: text(template) })}b`,
  ],
  [
    'the same in a subclass: norm_gen',
    `${named('scipy.stats._continuous_distns', 'norm_gen')})\x81${dict({ _parse_arg_template: text(template) })}b`,
  ],
  [
    'the same on the object that scipy.stats exports',
    `${named('scipy.stats', 'norm')}${dict({ _parse_arg_template: text(template) })}b`,
  ],
  [
    'an entry in the registry of fsspec names what a constructor imports',
    `${named('fsspec.registry', 'known_implementations')}${text('x')}${dict({ class: text('os.system') })}s0${call(named('fsspec.implementations.cached', 'WholeFileCacheFileSystem'), text('x'))}`,
  ],
  [
    'a dotted name through the registry of pydantic',
    `${named('pydantic', '_dynamic_imports')}${text('_os')}${tuple(text('pydantic'), text('random'))}s0${call(named('pydantic', '_os.system'), text(HARMLESS))}`,
  ],
  [
    'six.moves.cPickle.loads of bytes made of numbers',
    call(
      named('six.moves.cPickle', 'loads'),
      call(named('builtins', 'bytes'), list('K\x80', 'K\x04', 'KN', 'K.')),
    ),
  ],
  [
    'urllib3.packages.six.moves.builtins.eval',
    call(named('urllib3.packages.six.moves.builtins', 'eval'), text('1')),
  ],
  [
    'tkinter.Misc._unbind starts a program through Tcl',
    call(named('tkinter', 'Misc._unbind'), call(named('tkinter', 'Tcl')), tuple(text('exec'), text('echo'))),
  ],
  [
    '_tkinter.TkappType.eval starts a program through Tcl',
    call(named('_tkinter', 'TkappType.eval'), call(named('_tkinter', 'create')), text('exec echo')),
  ],
  [
    '_pytest._py.path.LocalPath.sysexec starts a program',
    call(
      named('_pytest._py.path', 'LocalPath.sysexec'),
      call(named('_pytest._py.path', 'LocalPath'), text('/bin/sh')),
      text(HARMLESS),
    ),
  ],
  [
    '__getattribute__ of a function, by the dots of GLOBAL',
    `cstatistics\nmean.__getattribute__\n${tuple(call(named('builtins', 'str.join'), text(''), list(text('__buil'), text('tins__'))))}R`,
  ],
  [
    'object.__subclasses__ and operator.getitem',
    call(
      call(named('operator', 'getitem'), call(named('builtins', 'object.__subclasses__')), 'K\xf6'),
      text(HARMLESS),
    ),
  ],
  [
    'gc.get_referents of a function gives its built-in functions',
    call(
      named('operator', 'getitem'),
      call(named('gc', 'get_referents'), named('statistics', 'mean')),
      'K\x02',
    ),
  ],
  [
    'a frame and types.FrameType.f_builtins.__get__',
    call(named('types', 'FrameType.f_builtins.__get__'), call(named('inspect', 'currentframe'))),
  ],
  [
    'the same by .__call__',
    call(
      named('types', 'FrameType.f_builtins.__get__.__call__'),
      call(named('inspect', 'currentframe.__call__')),
    ),
  ],
  [
    'the same by .__get__.__self__',
    call(
      named('types', 'FrameType.f_builtins.__get__.__self__.__get__'),
      call(named('inspect', 'currentframe.__get__.__self__')),
    ),
  ],
  [
    'the same by .__repr__.__self__',
    call(
      named('types', 'FrameType.f_builtins.__get__.__repr__.__self__'),
      call(named('inspect', 'currentframe.__repr__.__self__')),
    ),
  ],
  [
    'string.Formatter.get_field walks attributes',
    call(
      call(
        named('operator', 'getitem'),
        call(
          named('string', 'Formatter.get_field'),
          call(named('string', 'Formatter')),
          text('0.__globals__'),
          tuple(named('statistics', 'mean')),
          '}',
        ),
        'K\x00',
      ),
      text('1'),
    ),
  ],
  [
    'unittest.mock._get_target makes a resolver',
    call(
      call(
        named('operator', 'getitem'),
        call(named('unittest.mock', '_get_target'), text('builtins:eval.x')),
        'K\x00',
      ),
    ),
  ],
  [
    'inspect.getattr_static and types.MemberDescriptorType.__get__',
    call(
      named('types', 'MemberDescriptorType.__get__'),
      call(named('inspect', 'getattr_static'), named('statistics', 'mean'), text('__builtins__')),
      named('statistics', 'mean'),
    ),
  ],
  [
    'inspect.getattr_static and types.WrapperDescriptorType.__get__',
    call(
      named('types', 'WrapperDescriptorType.__get__'),
      call(named('inspect', 'getattr_static'), named('statistics', 'mean'), text('__getattribute__')),
      named('statistics', 'mean'),
    ),
  ],
  [
    'sysconfig.__dict__ gives __builtins__',
    call(named('builtins', 'dict.get'), named('sysconfig', '__dict__'), text('__builtins__')),
  ],
  [
    'PosixPath.write_text, then site.__dict__.get',
    `${call(named('pathlib', 'PosixPath.write_text'), PATH, text('x'))}0${call(call(named('site', '__dict__.get'), text('addsitedir')), text('/tmp'))}`,
  ],
  [
    'io.FileIO.write writes a start file',
    `${call(named('io', 'FileIO.write'), call(named('io', 'FileIO'), text('sallyport.pth'), text('w')), raw('import os'))}`,
  ],
  [
    'logging.FileHandler and Handler.handle write a start file',
    call(
      named('logging', 'Handler.handle'),
      call(named('logging', 'FileHandler'), text('sallyport.pth')),
      call(named('logging', 'LogRecord'), text('x')),
    ),
  ],
  [
    'argparse.FileType opens, logging.StreamHandler writes',
    call(
      named('logging', 'StreamHandler'),
      call(call(named('argparse', 'FileType'), text('w')), text('sallyport.pth')),
    ),
  ],
  [
    'codecs.open and StreamReaderWriter.write',
    call(
      named('codecs', 'StreamReaderWriter.write'),
      call(named('codecs', 'open'), text('sallyport.pth'), text('w')),
      text('import os'),
    ),
  ],
  [
    'tempfile.NamedTemporaryFile and csv.DictWriter',
    call(
      named('csv', 'DictWriter.writerow'),
      call(named('csv', 'DictWriter'), call(named('tempfile', 'NamedTemporaryFile'), text('w'))),
      '}',
    ),
  ],
  [
    'mailbox.mbox.add',
    call(
      named('mailbox', 'mbox.add'),
      call(named('mailbox', 'mbox'), text('sallyport.pth')),
      text('import os'),
    ),
  ],
  [
    'numpy.savetxt',
    call(named('numpy', 'savetxt'), text('sallyport.pth'), list(text('import os')), text('%s')),
  ],
  [
    'numpy.lib._npyio_impl.savetxt',
    call(
      named('numpy.lib._npyio_impl', 'savetxt'),
      text('sallyport.pth'),
      list(text('import os')),
      text('%s'),
    ),
  ],
  ['yaml.unsafe_load', call(named('yaml', 'unsafe_load'), text('!!python/object/apply:builtins.print [1]'))],
  [
    'yaml.load with yaml.UnsafeLoader',
    call(
      named('yaml', 'load'),
      text('!!python/object/apply:builtins.print [1]'),
      named('yaml', 'UnsafeLoader'),
    ),
  ],
  ['tuple(yaml.load_all)', all(call(named('yaml', 'load_all'), text('1'), named('yaml', 'Loader')))],
  ['dotenv.set_key', call(named('dotenv', 'set_key'), text('sallyport.pth'), text('import os#'), text('x'))],
  ['dotenv.cli.run_command', call(named('dotenv.cli', 'run_command'), list(text('echo')), '}')],
  [
    'click.open_file and click.echo',
    call(
      named('click', 'echo'),
      text('import os'),
      call(named('click', 'open_file'), text('sallyport.pth'), text('w')),
    ),
  ],
  [
    '_xxsubinterpreters.run_string',
    call(named('_xxsubinterpreters', 'run_string'), call(named('_xxsubinterpreters', 'create')), text('1')),
  ],
  [
    'ExitStack.enter_context calls __enter__ of a class made while loading',
    call(
      named('contextlib', 'ExitStack.enter_context'),
      call(named('contextlib', 'ExitStack')),
      made('__enter__'),
    ),
  ],
  [
    'operator.setitem calls __setitem__ of a class made while loading',
    call(named('operator', 'setitem'), made('__setitem__'), 'K\x01', '\x88'),
  ],
  [
    'a class made while loading calls __set_name__ of what it holds',
    call(named('builtins', 'type'), text('Y'), ')', dict({ x: made('__set_name__') })),
  ],
]

/** Techniques of the log that a scanner of pickles kept of attacks on itself. */
export const TURN_ATTACKS: readonly Attack[] = TURNS.map(([title, opcodes], i) =>
  attack('modelaudit-turns', title, `turn-${i + 1}.pkl`, stream(opcodes)),
)
