import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './app.css'
import { ApiError } from './api/client.ts'
import { ToastProvider } from './parts/toast.tsx'
import { router } from './router.tsx'

/** Asks once more only when the platform was unreachable or broke; a refusal stays a refusal. */
function isWorthAnotherTry(failures: number, error: Error): boolean {
  return failures < 1 && (!(error instanceof ApiError) || error.problem.status >= 500)
}

const client = new QueryClient({ defaultOptions: { queries: { retry: isWorthAnotherTry, staleTime: 5000 } } })
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Tooltip.Provider>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
)
